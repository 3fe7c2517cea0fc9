import { checkField, init, Sheet } from "@rollcall/validator";
import { useCallback, useEffect, useState } from "react";
import { api } from "../api/client";
import { type ApiProblem, asProblem, isAbort } from "../api/problem";
import type { Id } from "../api/types";

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

/** The rules of an effective profile for a form: the validator's own, none are written here. */
async function rulesOf(profile: string, organization: Id | undefined, signal: AbortSignal): Promise<FormRules> {
  const [effective] = await Promise.all([api.effectiveProfile(profile, organization, signal), init()]);
  const sheet = Sheet.blank(effective, 1);
  try {
    const info = JSON.parse(sheet.info()) as { fields: FieldRule[]; needs_role: boolean };
    return {
      fields: info.fields,
      needsRole: info.needs_role,
      check: (field, text) => JSON.parse(checkField(effective, field, text)) as FieldVerdict,
    };
  } finally {
    sheet.free();
  }
}

export function useFormRules(
  profile: string | null,
  organization: Id | undefined,
): { rules: FormRules | undefined; problem: ApiProblem | undefined; retry: () => void } {
  const [state, setState] = useState<{ rules?: FormRules; problem?: ApiProblem }>({});
  const [turn, setTurn] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new turn is a wish to try again
  useEffect(() => {
    setState({});
    if (!profile) return;
    const abort = new AbortController();
    rulesOf(profile, organization, abort.signal).then(
      (rules) => setState({ rules }),
      (error) => {
        if (!isAbort(error)) setState({ problem: asProblem(error) });
      },
    );
    return () => abort.abort();
  }, [profile, organization, turn]);
  const retry = useCallback(() => setTurn((n) => n + 1), []);
  return { rules: state.rules, problem: state.problem, retry };
}
