/** Report and recount laid side by side: figures, and tables of details. */

/** One figure of both, by its path in the document, e.g. `fact.units`. */
export interface ReportFigure {
  path: string;
  report: unknown;
  recount: unknown;
  equal: boolean;
}

export interface ReportTable {
  path: string;
  rows: Readonly<Record<string, unknown>>[];
  equal: boolean;
}

export interface ReportSides {
  figures: ReportFigure[];
  tables: ReportTable[];
}

/** Every plain value becomes a figure, every list of objects a table; both sides are compared. */
export function sides(report: unknown, recount: unknown): ReportSides {
  const found: ReportSides = { figures: [], tables: [] };
  walk("", report, recount, found);
  return found;
}

function walk(path: string, report: unknown, recount: unknown, found: ReportSides): void {
  if (Array.isArray(report) || Array.isArray(recount)) {
    const rows = (Array.isArray(report) ? report : []).filter(isObject);
    found.tables.push({ path, rows, equal: same(report, recount) });
  } else if (isObject(report) || isObject(recount)) {
    const [left, right] = [isObject(report) ? report : {}, isObject(recount) ? recount : {}];
    for (const key of new Set([...Object.keys(left), ...Object.keys(right)])) {
      walk(path === "" ? key : `${path}.${key}`, left[key], right[key], found);
    }
  } else {
    found.figures.push({ path, report, recount, equal: same(report, recount) });
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Equal in content, whatever the order of the keys. */
export function same(left: unknown, right: unknown): boolean {
  if (Array.isArray(left) && Array.isArray(right)) {
    return left.length === right.length && left.every((value, index) => same(value, right[index]));
  }
  if (isObject(left) && isObject(right)) {
    const keys = new Set([...Object.keys(left), ...Object.keys(right)]);
    return [...keys].every((key) => same(left[key], right[key]));
  }
  return left === right;
}
