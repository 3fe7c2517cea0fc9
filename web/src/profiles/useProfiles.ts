import { builtInProfile, init } from "@rollcall/validator";
import { useEffect, useState } from "react";
import { api } from "../api/client";
import { type ApiProblem, asProblem } from "../api/problem";
import { Shared, useShared } from "../api/shared";
import type { Id, ImportProfile } from "../api/types";
import type { Base } from "./definition";

/** The deployment's own under the empty key. */
const profiles = new Shared(
  async (organization: string) => (await api.importProfiles(organization || undefined)).items,
);

/** The profiles that can be used for an organization (undefined: for the deployment), built-in and custom. */
export function useProfiles(organization: Id | undefined): {
  profiles: ImportProfile[] | undefined;
  problem: ApiProblem | undefined;
  refresh: () => Promise<void>;
} {
  const key = organization ?? "";
  const { data, problem } = useShared(profiles, key);
  return { profiles: data, problem, refresh: () => profiles.refresh(key) };
}

export const isCustom = (profile: ImportProfile): boolean => typeof profile.base === "string";

/** A built-in profile, which the validator itself knows. */
export function useBase(id: string | null): { base: Base | undefined; problem: ApiProblem | undefined } {
  const [state, setState] = useState<{ id: string; base?: Base; problem?: ApiProblem } | null>(null);
  useEffect(() => {
    if (id === null) return;
    let current = true;
    init().then(
      () => {
        if (!current) return;
        try {
          setState({ id, base: JSON.parse(builtInProfile(id)) as Base });
        } catch (error) {
          setState({ id, problem: asProblem(error) });
        }
      },
      (error: unknown) => {
        if (current) setState({ id, problem: asProblem(error) });
      },
    );
    return () => {
      current = false;
    };
  }, [id]);
  const mine = state?.id === id ? state : null;
  return { base: mine?.base, problem: mine?.problem };
}
