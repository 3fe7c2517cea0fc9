import { checkField, init, Sheet } from "@rollcall/validator";
import { useCallback, useEffect, useState } from "react";
import { api } from "../api/client";
import { type ApiProblem, asProblem, isAbort } from "../api/problem";
import type { Id, UserKind } from "../api/types";

export interface FieldIssue {
  code: string;
  severity: "error" | "warning";
  message: string;
  correction: string | null;
}

/** What the validator says of one field's text. */
export interface FieldVerdict {
  status: "accepted" | "corrected" | "refused";
  value: string | string[];
  issues: FieldIssue[];
}

/** One field as the profile describes it. */
export interface FieldRule {
  field: string;
  title: string;
  required: boolean;
  multiple: boolean;
  options: { id: string; name: string }[] | null;
}

export interface FormRules {
  fields: FieldRule[];
  /** A role must be given, though the sheet may leave it to the wizard. */
  needsRole: boolean;
  check: (field: string, text: string) => FieldVerdict;
}

interface SheetInfo {
  fields: FieldRule[];
  needs_role: boolean;
}

function infoOf(profile: string): SheetInfo {
  const sheet = Sheet.blank(profile, 1);
  try {
    return JSON.parse(sheet.info()) as SheetInfo;
  } finally {
    sheet.free();
  }
}

/** People are entered one by one under the rules that take real names; roles follow those of their kind. */
export const FORM_PROFILE = "modern";
const KIND_PROFILE: Record<UserKind, string> = { technician: "technician", end_user: "end-user", member: "member" };

/** The rules of the effective profiles for a form: the validator's own, none are written here. */
async function rulesOf(kind: UserKind, organization: Id | undefined, signal: AbortSignal): Promise<FormRules> {
  const [person, ofKind] = await Promise.all([
    api.effectiveProfile(FORM_PROFILE, organization, signal),
    api.effectiveProfile(KIND_PROFILE[kind], organization, signal),
    init(),
  ]);
  const roles = infoOf(ofKind);
  return {
    fields: [
      ...infoOf(person).fields.filter((rule) => rule.field !== "role"),
      ...roles.fields.filter((rule) => rule.field === "role"),
    ],
    needsRole: roles.needs_role,
    check: (field, text) => JSON.parse(checkField(person, field, text)) as FieldVerdict,
  };
}

export function useFormRules(
  kind: UserKind | null,
  organization: Id | undefined,
): { rules: FormRules | undefined; problem: ApiProblem | undefined; retry: () => void } {
  const [state, setState] = useState<{ rules?: FormRules; problem?: ApiProblem }>({});
  const [turn, setTurn] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new turn is a wish to try again
  useEffect(() => {
    setState({});
    if (!kind) return;
    const abort = new AbortController();
    rulesOf(kind, organization, abort.signal).then(
      (rules) => setState({ rules }),
      (error) => {
        if (!isAbort(error)) setState({ problem: asProblem(error) });
      },
    );
    return () => abort.abort();
  }, [kind, organization, turn]);
  const retry = useCallback(() => setTurn((n) => n + 1), []);
  return { rules: state.rules, problem: state.problem, retry };
}
