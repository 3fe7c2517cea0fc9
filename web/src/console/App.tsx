import { useCallback, useEffect, useState } from "react";
import { api, everyItem, onSignedOut } from "../api/client";
import { forgetShared } from "../api/shared";
import { useLoad } from "../api/use";
import { navigate } from "../router";
import { SignIn } from "../signin/SignIn";
import { texts } from "../texts/en";
import { Announcer } from "../ui/announce";
import { ProblemBox } from "../ui/problem";
import { Frame } from "./Frame";
import { SessionContext } from "./session";

/** Signed out, loading, or the frame with its page. The URL stays through sign-in, so a link leads where it says. */
export function App() {
  const load = useCallback(async (signal: AbortSignal) => {
    const me = await api.me(signal);
    const organizations = me.permissions.includes("organizations.read")
      ? await everyItem((cursor) => api.organizations({ cursor, limit: 100 }, signal))
      : [];
    return { me, organizations };
  }, []);
  const { data, problem, reload } = useLoad(load);
  const [ended, setEnded] = useState<"no" | "signed-out" | "expired">("no");
  const signedIn = data !== undefined;

  useEffect(
    () =>
      onSignedOut(() => {
        if (signedIn) setEnded((old) => (old === "no" ? "expired" : old));
      }),
    [signedIn],
  );

  const signOut = useCallback(() => {
    void api.signOut().finally(() => {
      setEnded("signed-out");
      void navigate("/", { replace: true });
    });
  }, []);

  const signedOut = ended !== "no" || problem?.code === "not_authenticated";
  return (
    <>
      {signedOut ? (
        <SignIn
          ended={ended === "expired"}
          onDone={() => {
            forgetShared();
            setEnded("no");
            reload();
          }}
        />
      ) : data ? (
        <SessionContext value={{ me: data.me, organizations: data.organizations, refresh: reload, signOut }}>
          <Frame />
        </SessionContext>
      ) : problem ? (
        <main className="alone">
          <h1 className="visually-hidden">{texts.product}</h1>
          <ProblemBox problem={problem} retry={reload} />
        </main>
      ) : (
        <div className="alone" role="status">
          <span className="visually-hidden">{texts.common.loading}</span>
        </div>
      )}
      <Announcer />
    </>
  );
}
