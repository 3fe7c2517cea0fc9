import { type AccountAct, api } from "../api/client";
import type { Id, User } from "../api/types";
import { useAction } from "../api/use";
import { ask, notify } from "../ui/announce";
import { texts as t } from "./texts";

/** Changes of an account as a whole: asked about first where they hurt, said when they are done. */
export function useAccount(p: {
  user: User;
  onChanged: (user: User) => void;
  onRemoved: (id: Id) => void;
  onSessionsEnded: () => void;
  onKeysEnded: () => void;
}) {
  const name = p.user.name || p.user.email;
  const change = useAction(async (act: AccountAct) => {
    const question = t.act.ask[act];
    if (
      question &&
      !(await ask({
        title: question.title(name),
        body: question.body,
        confirm: t.act.label[act],
        cancel: t.act.cancel,
        danger: act !== "activate",
      }))
    )
      return;
    p.onChanged(await api.changeAccount(p.user.id, act));
    notify(t.act.done[act](name));
  });
  const remove = useAction(async () => {
    const sure = await ask({
      title: t.act.removeTitle(name),
      body: t.act.removeBody,
      confirm: t.act.remove,
      cancel: t.act.cancel,
      danger: true,
    });
    if (!sure) return;
    await api.deleteUser(p.user.id);
    notify(t.act.removed(name));
    p.onRemoved(p.user.id);
  });
  const endSessions = useAction(async () => {
    const sure = await ask({
      title: t.act.endTitle(name),
      body: t.act.endBody,
      confirm: t.security.endSessions,
      cancel: t.act.cancel,
      danger: true,
    });
    if (!sure) return;
    await api.endUserSessions(p.user.id);
    notify(t.act.ended(name));
    p.onSessionsEnded();
    p.onKeysEnded();
  });
  const endKeys = useAction(async () => {
    const sure = await ask({
      title: t.act.endKeysTitle(name),
      body: t.act.endKeysBody,
      confirm: t.security.endKeys,
      cancel: t.act.cancel,
      danger: true,
    });
    if (!sure) return;
    await api.endUserApiKeys(p.user.id);
    notify(t.act.keysEnded(name));
    p.onKeysEnded();
  });
  return {
    change,
    remove,
    endSessions,
    endKeys,
    problem: change.problem ?? remove.problem ?? endSessions.problem ?? endKeys.problem,
  };
}

export type Account = ReturnType<typeof useAccount>;
