import type { ReactNode } from "react";
import {
  Button as AriaButton,
  ComboBox,
  Input,
  Label,
  ListBox,
  ListBoxItem,
  Popover,
  Text,
} from "react-aria-components";
import { texts } from "../texts/en";
import type { Option } from "./controls";
import { has } from "./find";
import { CheckIcon, ChevronDownIcon, ErrorIcon } from "./icons";

/** One of many options: a list that typing narrows. */
export function ComboField(p: {
  label: string;
  value: string | null;
  onChange: (id: string) => void;
  options: Option[];
  optional?: boolean;
  hint?: ReactNode;
  error?: ReactNode;
  noMatch: string;
}) {
  return (
    <ComboBox
      className="field"
      value={p.value}
      onChange={(key) => {
        if (key !== null) p.onChange(String(key));
      }}
      defaultItems={p.options}
      defaultFilter={has}
      menuTrigger="focus"
      allowsEmptyCollection
      isInvalid={Boolean(p.error)}
      validationBehavior="aria"
    >
      <Label className="field-label">
        {p.label} {p.optional && <span className="field-optional">{texts.common.optional}</span>}
      </Label>
      <span className="combo">
        <Input
          className="input"
          spellCheck="false"
          autoComplete="off"
          onClick={(event) => event.currentTarget.select()}
        />
        <AriaButton className="combo-open">
          <ChevronDownIcon />
        </AriaButton>
      </span>
      {(p.error || p.hint) && (
        <Text slot="description">
          {p.error ? (
            <span className="field-error">
              <ErrorIcon size={14} />
              <span>{p.error}</span>
            </span>
          ) : (
            <span className="field-hint">{p.hint}</span>
          )}
        </Text>
      )}
      <Popover className="popover combo-list">
        <ListBox className="menu" renderEmptyState={() => <p className="field-hint menu-item">{p.noMatch}</p>}>
          {(option: Option) => (
            <ListBoxItem className="menu-item" id={option.id} textValue={option.name}>
              {({ isSelected }) => (
                <>
                  <span className="grow">{option.name}</span>
                  {option.description && <span className="muted">{option.description}</span>}
                  <span className="check">{isSelected && <CheckIcon />}</span>
                </>
              )}
            </ListBoxItem>
          )}
        </ListBox>
      </Popover>
    </ComboBox>
  );
}
