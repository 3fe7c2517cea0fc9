import type { ApiProblem, Id, UserKind } from "../api";
import type { ProfileFacts } from "./profile";
import type { SheetSession } from "./session";
import type { Upload } from "./upload";
import type { Issue } from "./validator";

export const steps = ["source", "check", "assign", "confirm", "result"] as const;
export type Step = (typeof steps)[number];

export type Mode = "atomic" | "partial";
export type OnExisting = "refuse" | "skip";

/** A sheet that was read, and what was chosen for it. */
export interface Work {
  readonly session: SheetSession;
  /** As read; null for rows entered by hand. Kept to read them again in another way. */
  readonly bytes: Uint8Array | null;
  /** What the sheet is called on screen: a file's name, or how it came. */
  readonly name: string;
  readonly kind: UserKind;
  readonly profileId: string;
  readonly facts: ProfileFacts;
  readonly organization: { readonly id: Id; readonly name: string } | null;
  readonly mode: Mode;
  readonly onExisting: OnExisting;
  readonly invite: boolean;
  /** Once handed over, the import that took it. */
  readonly importId: Id | null;
}

/** Why a sheet could not be opened; `issues` are the validator's. */
export type Failure =
  | { readonly what: "unreadable"; readonly name: string; readonly issues: readonly Issue[] }
  | { readonly what: "problem"; readonly name: string; readonly problem: ApiProblem };

export type Sending = {
  readonly upload: Upload;
  readonly total: number;
  readonly sent: number;
  /** Set when it stopped; it can be taken up again or given up. */
  readonly problem: ApiProblem | null;
};

export interface WizardState {
  readonly work: Work | null;
  readonly reading: { readonly name: string } | null;
  readonly failure: Failure | null;
  readonly sending: Sending | null;
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
  | { readonly step: "result"; readonly stage: "sending"; readonly work: Work; readonly sending: Sending }
  | {
      readonly step: "result";
      readonly stage: "stopped";
      readonly work: Work;
      readonly sending: Sending;
      readonly problem: ApiProblem;
    }
  | { readonly step: "result"; readonly stage: "watching"; readonly work: Work | null; readonly importId: Id }
  | { readonly step: "elsewhere"; readonly to: Step; readonly importId: Id | null };

export function stepOf(path: string): Step | null {
  const name = path.replace(/^\/import\/?/, "");
  return steps.find((step) => step === name) ?? null;
}

export function flowOf(state: WizardState, step: Step | null, importId: Id | null): Flow {
  const { work, sending } = state;
  if (sending !== null && work !== null) {
    if (step !== "result") return { step: "elsewhere", to: "result", importId: null };
    return sending.problem === null
      ? { step: "result", stage: "sending", work, sending }
      : { step: "result", stage: "stopped", work, sending, problem: sending.problem };
  }
  switch (step) {
    case "source":
      return { step, open: work, reading: state.reading, failure: state.failure };
    case "check":
    case "assign":
    case "confirm":
      if (work === null) return { step: "elsewhere", to: "source", importId: null };
      // What was handed over is not handed over again by going back in the browser.
      if (work.importId !== null) return { step: "elsewhere", to: "result", importId: work.importId };
      return { step, work };
    case "result":
      if (importId === null) return { step: "elsewhere", to: work === null ? "source" : "confirm", importId: null };
      return { step, stage: "watching", work: work?.importId === importId ? work : null, importId };
    case null:
      return { step: "elsewhere", to: "source", importId: null };
  }
}

/** True where leaving the wizard would lose something. */
export function unsaved(state: WizardState): boolean {
  return state.sending !== null || (state.work !== null && state.work.importId === null);
}
