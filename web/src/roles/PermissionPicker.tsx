import type { Permission } from "../api/types";
import { announce } from "../ui/announce";
import { Checkbox } from "../ui/controls";
import { LockShape } from "../ui/icons";
import { grouped, inOrder, tick, untick } from "./permissions";
import { texts } from "./texts";

/**
 * Every permission under what it is about. What one does not hold oneself is shown as it is and cannot be ticked;
 * what is of no use without another comes and goes with it, and that is said.
 */
export function PermissionPicker(p: {
  permissions: readonly Permission[];
  chosen: readonly string[];
  held: ReadonlySet<string>;
  readOnly: boolean;
  onChange: (chosen: string[]) => void;
}) {
  const t = texts.page;
  const titles = (names: readonly string[]) => names.map((name) => texts.names[name] ?? name).join(", ");
  const set = (names: readonly string[], on: boolean) => {
    const next = on ? tick(p.chosen, names, p.held) : untick(p.chosen, names, p.held);
    if (next.also.length > 0) announce(on ? t.tickedToo(titles(next.also)) : t.untickedToo(titles(next.also)));
    p.onChange(inOrder(next.chosen, p.permissions));
  };
  return (
    <div className="permission-groups">
      {grouped(p.permissions).map((group) => {
        const mine = group.entries.filter(({ name }) => p.held.has(name)).map(({ name }) => name);
        const on = group.entries.filter(({ name }) => p.chosen.includes(name));
        return (
          <fieldset key={group.id} className="permission-group">
            <legend>{group.title}</legend>
            {!p.readOnly && group.entries.length > 1 && (
              <span className="permission-all">
                <Checkbox
                  aria-label={t.allOf(group.title)}
                  isSelected={on.length === group.entries.length}
                  isIndeterminate={on.length > 0 && on.length < group.entries.length}
                  isDisabled={mine.length === 0}
                  onChange={() =>
                    set(
                      mine,
                      mine.some((name) => !p.chosen.includes(name)),
                    )
                  }
                >
                  {t.all}
                </Checkbox>
              </span>
            )}
            {group.entries.map((entry) => {
              const held = p.held.has(entry.name);
              return (
                <Checkbox
                  key={entry.name}
                  isSelected={p.chosen.includes(entry.name)}
                  isReadOnly={p.readOnly}
                  isDisabled={!p.readOnly && !held}
                  onChange={(next) => set([entry.name], next)}
                >
                  <span className="permission">
                    <span>{entry.title}</span>
                    {entry.description && <span className="permission-description">{entry.description}</span>}
                    {!p.readOnly && !held && (
                      <span className="permission-not">
                        <LockShape />
                        {t.notHeld}
                      </span>
                    )}
                  </span>
                </Checkbox>
              );
            })}
          </fieldset>
        );
      })}
    </div>
  );
}
