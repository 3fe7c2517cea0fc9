import { Button as AriaButton } from "react-aria-components";
import { useCan } from "../console/session";
import { texts } from "../texts/en";
import { Button, MenuButton, type MenuGroup } from "../ui/controls";
import { ChevronDownIcon } from "../ui/icons";
import { count } from "../ui/time";
import type { BulkTask } from "./BulkDialog";
import { texts as t } from "./texts";

/** What can be done to the ticked rows. */
export function BulkBar(p: { ticked: number; onTask: (task: BulkTask) => void; onClear: () => void }) {
  const can = useCan();
  const b = t.bulk;
  const entry = (id: string, label: string, task: BulkTask, danger = false) => ({
    id,
    label,
    danger,
    onPress: () => p.onTask(task),
  });
  const both = (what: "groups" | "courses" | "services") => [
    entry(`${what}-add`, b[what].add, { what, how: "add" }),
    entry(`${what}-remove`, b[what].remove, { what, how: "remove" }),
  ];
  const change: MenuGroup[] = can("users.write")
    ? [
        {
          entries: (["add", "replace", "remove"] as const).map((how) =>
            entry(`roles-${how}`, b.roles[how], { what: "roles", how }),
          ),
        },
        { entries: both("groups") },
        { entries: [...both("courses"), ...both("services")] },
        { entries: [entry("site", b.site, { what: "site" }), entry("property", b.property, { what: "property" })] },
      ]
    : [];
  const invitations: MenuGroup[] = can("invitations.write")
    ? [
        {
          entries: [
            entry("invite", b.invite, { what: "invitation", act: "invite" }),
            entry("revoke", b.revoke, { what: "invitation", act: "revoke" }),
          ],
        },
      ]
    : [];
  const account: MenuGroup[] = [
    {
      entries: [
        ...(can("credentials.write") ? [entry("unlock", b.unlock, { what: "account", act: "unlock" })] : []),
        ...(can("users.write")
          ? [
              entry("activate", b.activate, { what: "account", act: "activate" }),
              entry("deactivate", b.deactivate, { what: "account", act: "deactivate" }),
            ]
          : []),
      ],
    },
    { entries: can("users.delete") ? [entry("delete", b.delete, { what: "delete" }, true)] : [] },
  ].filter((group) => group.entries.length > 0);
  const selected = texts.users.selected(count(p.ticked));
  return (
    <section className="bulk" aria-label={selected}>
      <strong className="numeric">{selected}</strong>
      <BulkMenu label={b.change} groups={change} />
      <BulkMenu label={b.invitations} groups={invitations} />
      <BulkMenu label={b.account} groups={account} />
      <span className="grow" />
      <Button look="quiet" onPress={p.onClear}>
        {texts.common.clear}
      </Button>
    </section>
  );
}

function BulkMenu({ label, groups }: { label: string; groups: MenuGroup[] }) {
  if (groups.length === 0) return null;
  return (
    <MenuButton groups={groups}>
      <AriaButton className="button" data-look="plain">
        {label}
        <ChevronDownIcon size={14} />
      </AriaButton>
    </MenuButton>
  );
}
