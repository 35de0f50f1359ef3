import { render } from "preact";

import "../shared/theme.css";

const root = document.getElementById("app");
if (root !== null) render(<main>Wavepick</main>, root);
