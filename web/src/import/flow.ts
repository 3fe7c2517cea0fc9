import type { ApiProblem, CredentialMode, Id, OnExisting, UserKind } from "../api";
import type { HandOver } from "./handOver";
import type { Here } from "./here";
import type { ProfileFacts } from "./profile";
import type { SheetSession } from "./session";
import type { Issue } from "./validator";

export const steps = ["source", "check", "assign", "confirm", "result"] as const;
export type Step = (typeof steps)[number];

export type Mode = "atomic" | "partial";

/** A sheet that was read, and what was chosen for it. */
export interface Work {
  readonly session: SheetSession;
  /** As read; null for rows entered by hand. Kept to read them again in another way. */
  readonly bytes: Uint8Array | null;
  /** What the sheet is called on screen: a file's name, or how it came. */
  readonly name: string;
  /** Its columns are read as the person chose them for such a sheet before. */
  readonly remembered: boolean;
  readonly kind: UserKind;
  readonly profileId: string;
  readonly facts: ProfileFacts;
  readonly organization: { readonly id: Id; readonly name: string } | null;
  readonly mode: Mode;
  readonly onExisting: OnExisting;
  /** Who of the sheet is here already, once the server was asked. */
  readonly here: Here | null;
  readonly invite: boolean;
  readonly credentials: CredentialMode;
  /** While and after it is handed over: under which key. */
  readonly upload: string | null;
  /** Once handed over, the import that took it. */
  readonly importId: Id | null;
}

/** Why a sheet could not be opened; `issues` are the validator's. */
export type Failure =
  | { readonly what: "unreadable"; readonly name: string; readonly issues: readonly Issue[] }
  | { readonly what: "problem"; readonly name: string; readonly problem: ApiProblem };

export interface WizardState {
  readonly work: Work | null;
  readonly reading: { readonly name: string } | null;
  readonly failure: Failure | null;
}

/** What is chosen on the page Confirm. */
export type Choices = Pick<Work, "mode" | "onExisting" | "here" | "invite" | "credentials">;

/** With what was chosen for that sheet, beside all that was chosen meanwhile: looking for people takes a while. */
export function chosen(state: WizardState, of: Work, patch: Partial<Choices>): WizardState {
  const { work } = state;
  if (work === null || work.session !== of.session || work.upload !== null || work.importId !== null) return state;
  return { ...state, work: { ...work, ...patch } };
}

/** What is on screen. The URL names the step; what is at hand decides whether it can be shown. */
export type Flow =
  | {
      readonly step: "source";
      readonly open: Work | null;
      readonly reading: { readonly name: string } | null;
      readonly failure: Failure | null;
    }
  | { readonly step: "check" | "assign" | "confirm"; readonly work: Work }
  /** `handOver` is null until it is known whether this browser has it. */
  | {
      readonly step: "result";
      readonly stage: "handing";
      readonly key: string;
      readonly work: Work | null;
      readonly handOver: HandOver | null;
    }
  | { readonly step: "result"; readonly stage: "watching"; readonly work: Work | null; readonly importId: Id }
  | { readonly step: "elsewhere"; readonly to: Step; readonly at: Result };

/** What the step Result is about, as the URL says it. */
export interface Result {
  /** An import that the server has. */
  readonly import: Id | null;
  /** One that is still handed over. */
  readonly upload: string | null;
}

const nothing: Result = { import: null, upload: null };

export function stepOf(path: string): Step | null {
  const name = path.replace(/^\/import\/?/, "");
  return steps.find((step) => step === name) ?? null;
}

export function flowOf(
  state: WizardState,
  step: Step | null,
  result: Result,
  handOvers: ReadonlyMap<string, HandOver>,
): Flow {
  const { work } = state;
  const elsewhere = (to: Step, at: Result = nothing): Flow => ({ step: "elsewhere", to, at });
  switch (step) {
    case "source":
      return { step, open: work, reading: state.reading, failure: state.failure };
    case "check":
    case "assign":
    case "confirm":
      if (work === null) return elsewhere("source");
      // What was handed over is not handed over again by going back in the browser.
      if (work.importId !== null) return elsewhere("result", { ...nothing, import: work.importId });
      if (work.upload !== null) return elsewhere("result", { ...nothing, upload: work.upload });
      return { step, work };
    case "result":
      if (result.upload !== null) {
        const key = result.upload;
        const mine = work?.upload === key ? work : null;
        return { step, stage: "handing", key, work: mine, handOver: handOvers.get(key) ?? null };
      }
      if (result.import === null) return elsewhere(work === null ? "source" : "confirm");
      return {
        step,
        stage: "watching",
        work: work?.importId === result.import ? work : null,
        importId: result.import,
      };
    case null:
      return elsewhere("source");
  }
}

/** True where leaving the wizard would lose something. */
export function unsaved(state: WizardState, handOvers: ReadonlyMap<string, HandOver>): boolean {
  const { work } = state;
  if (work === null || work.importId !== null) return false;
  const handOver = work.upload === null ? undefined : handOvers.get(work.upload);
  // What is kept in the browser goes on without this page.
  return handOver === undefined || !handOver.kept || handOver.stage.at === "packing";
}
