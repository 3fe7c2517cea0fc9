export * from "./announce";
export * from "./controls";
export * from "./find";
export * from "./icons";
export * from "./problem";
export * from "./status";
export * from "./time";
