import { render } from "preact";

import "../shared/theme.css";
import "./styles/frame.css";
import "./styles/parts.css";
import "./styles/views.css";
import { App } from "./app";

const root = document.getElementById("app");
if (root) render(<App />, root);
