// What client and worker say to each other, whatever kind of worker it is.
//
// A request is {id, call, sheet, args, sources}, an answer {id, result} or {id, error}. The worker answers in the order of
// the requests: a sheet's edits happen in the order in which they were asked for.

const METHODS = [
  "info",
  "counts",
  "statuses",
  "indices",
  "window",
  "setCell",
  "refuseCorrection",
  "takeCorrection",
  "fixAll",
  "remove",
  "assign",
  "paste",
  "addRows",
  "undo",
  "redo",
  "next",
  "records",
  "reportJson",
  "refusedCsv",
  "refusedXlsx",
  "removedCount",
];

/** The worker's side: answers requests one after the other. */
export function serve({ check, init, isWorkbook, loadXlsx, Sheet, verdicts }, post) {
  const sheets = new Map();
  let opened = 0;

  const keep = (sheet) => {
    opened += 1;
    sheets.set(opened, sheet);
    return opened;
  };
  const run = ({ call, sheet, args }) => {
    switch (call) {
      case "prepare":
        return undefined;
      case "check":
        return check(...args);
      case "verdicts":
        return verdicts(...args);
      case "parse":
        return keep(Sheet.parse(...args));
      case "blank":
        return keep(Sheet.blank(...args));
      case "free":
        sheets.get(sheet)?.free();
        sheets.delete(sheet);
        return undefined;
      default: {
        const open = sheets.get(sheet);
        if (!open) throw new Error("the sheet was freed");
        if (!METHODS.includes(call)) throw new Error(`no such method: ${call}`);
        return open[call](...args);
      }
    }
  };

  // Whoever never has a workbook never downloads what reads them.
  const needsXlsx = ({ call, args }) =>
    call === "refusedXlsx" || (["check", "verdicts", "parse"].includes(call) && isWorkbook(args[0]));

  let queue = Promise.resolve();
  return (request) => {
    queue = queue.then(async () => {
      try {
        const [module, workbooks] = request.sources;
        await init(module);
        if (needsXlsx(request)) await loadXlsx(workbooks);
        const result = run(request);
        post({ id: request.id, result }, ArrayBuffer.isView(result) ? [result.buffer] : []);
      } catch (error) {
        // A trap leaves the module's memory in a state that nobody knows: the client starts a new worker.
        const fatal = error instanceof WebAssembly.RuntimeError;
        post({ id: request.id, error: { name: error?.name, message: String(error?.message ?? error), fatal } }, []);
      }
    });
  };
}

/** The page's side: one worker for all sheets, started when it is first needed. */
export function connect(start) {
  let connection;

  const open = () => {
    const waiting = new Map();
    const opening = { waiting, dead: false };
    const end = (error) => {
      if (opening.dead) return;
      opening.dead = true;
      if (connection === opening) connection = undefined;
      for (const { reject } of waiting.values()) reject(error);
      waiting.clear();
      opening.worker?.terminate();
    };
    opening.end = end;
    opening.worker = start({
      message({ id, result, error }) {
        const request = waiting.get(id);
        if (!request) return;
        waiting.delete(id);
        // A Node program may end while the worker idles, not while it works.
        if (waiting.size === 0) opening.worker.unref?.();
        if (!error) {
          request.resolve(result);
          return;
        }
        const failure = Object.assign(new Error(error.message), { name: error.name ?? "Error" });
        request.reject(failure);
        if (error.fatal) end(failure);
      },
      failed: end,
    });
    return opening;
  };

  let ids = 0;
  const ask = (at, request, transfer = []) =>
    new Promise((resolve, reject) => {
      if (at.dead) {
        reject(new Error("the worker has ended, and the sheet with it"));
        return;
      }
      ids += 1;
      at.waiting.set(ids, { resolve, reject });
      at.worker.ref?.();
      try {
        at.worker.postMessage({ id: ids, args: [], sources, ...request }, transfer);
      } catch (error) {
        at.waiting.delete(ids);
        reject(error);
      }
    });
  const current = () => {
    connection ??= open();
    return connection;
  };

  let sources = [];

  const prepare = (...places) => {
    if (places.length > 0) sources = places.map((place) => (place instanceof URL ? place.href : place));
    return ask(current(), { call: "prepare" });
  };

  const check = (bytes, profile, options = {}) => {
    const { transfer, ...rest } = options;
    return ask(current(), { call: "check", args: [bytes, profile, rest] }, transfer ? [bytes.buffer] : []);
  };

  const verdicts = (bytes, profile, options = {}) =>
    ask(current(), { call: "verdicts", args: [bytes, profile] }, options.transfer ? [bytes.buffer] : []);

  const openSheet = async (bytes, profile, options = {}) => {
    const at = current();
    const sheet =
      bytes === null
        ? await ask(at, { call: "blank", args: [profile, options.rows ?? 1] })
        : await ask(at, { call: "parse", args: [bytes, profile, options.mapping] }, options.transfer ? [bytes.buffer] : []);
    const remote = { free: () => (at.dead ? Promise.resolve() : ask(at, { call: "free", sheet })) };
    for (const call of METHODS) remote[call] = (...args) => ask(at, { call, sheet, args });
    return remote;
  };

  const close = () => connection?.end(new Error("the worker was closed"));

  return { prepare, check, verdicts, openSheet, close };
}
