import { Button as AriaButton } from "react-aria-components";
import { texts } from "../texts/en";
import { MenuButton, type MenuGroup } from "./controls";
import { ChevronDownIcon, CloseIcon } from "./icons";

export interface ChipOptions {
  label: string;
  options: { id: string; name: string }[];
  /** Said in the menu where there is nothing to choose. */
  none?: string;
}

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

/** A filter of a list: what it is about, and what was chosen, which a second button takes away. */
export function Chip(p: ChipOptions & { value: string | null; onChoose: (id: string | null) => void }) {
  const { value } = p;
  const chosen = p.options.find((option) => option.id === value)?.name ?? value;
  const group: MenuGroup =
    p.options.length === 0 && p.none
      ? { title: p.none, entries: [] }
      : {
          title: p.label,
          entries: p.options.map((option) => ({
            id: option.id,
            label: capital(option.name),
            checked: option.id === value,
            onPress: () => p.onChoose(option.id === value ? null : option.id),
          })),
        };
  return (
    <span className="row chip-pair">
      <MenuButton groups={[group]}>
        <AriaButton className="chip" data-on={value ? "" : undefined}>
          {chosen ? `${p.label}: ${chosen}` : p.label}
          {!value && <ChevronDownIcon size={14} />}
        </AriaButton>
      </MenuButton>
      {value && (
        <AriaButton
          className="chip chip-clear"
          data-on=""
          aria-label={`${texts.common.clear}: ${p.label}`}
          onPress={() => p.onChoose(null)}
        >
          <CloseIcon size={14} />
        </AriaButton>
      )}
    </span>
  );
}
