import { type ReactNode, type Ref, useState } from "react";
import {
  Button as AriaButton,
  Checkbox as AriaCheckbox,
  type CheckboxProps as AriaCheckboxProps,
  Menu as AriaMenu,
  MenuItem as AriaMenuItem,
  MenuTrigger as AriaMenuTrigger,
  Dialog,
  Header,
  Heading,
  Input,
  Label,
  ListBox,
  ListBoxItem,
  MenuSection,
  Modal,
  ModalOverlay,
  Popover,
  Select,
  SelectValue,
  Separator,
  Text,
  TextField,
  Tooltip,
  TooltipTrigger,
} from "react-aria-components";
import { texts } from "../texts/en";
import { CheckIcon, ChevronDownIcon, CloseIcon, CopyIcon, ErrorIcon, MinusIcon } from "./icons";

export type Look = "plain" | "primary" | "danger" | "quiet";

export interface ButtonProps {
  children?: ReactNode;
  look?: Look;
  icon?: ReactNode;
  /** Shows that it is working and takes no second press. */
  busy?: boolean;
  disabled?: boolean;
  type?: "button" | "submit";
  onPress?: () => void;
  autoFocus?: boolean;
  id?: string;
  form?: string;
  /** For a button that shows only an icon: its name, which is its tooltip too. */
  label?: string;
  shortcut?: string;
  className?: string;
  slot?: string | null;
  ref?: Ref<HTMLButtonElement>;
  "aria-expanded"?: boolean;
  "aria-controls"?: string;
  "aria-haspopup"?: "menu" | "listbox" | "dialog";
  "aria-describedby"?: string;
}

export function Button(p: ButtonProps) {
  const { children, look = "plain", icon, busy, disabled, label, shortcut, className, onPress, type, ...rest } = p;
  const button = (
    <AriaButton
      {...rest}
      // While busy it keeps its place and its focus, and does nothing.
      type={busy ? "button" : (type ?? "button")}
      onPress={busy ? undefined : onPress}
      data-busy={busy ? "" : undefined}
      className={`button ${className ?? ""}`}
      data-look={look}
      data-square={children ? undefined : ""}
      isDisabled={disabled ?? false}
      {...(label ? { "aria-label": label } : {})}
    >
      {busy ? <span className="spinner" aria-hidden="true" /> : icon}
      {children}
    </AriaButton>
  );
  if (!label || children) return button;
  return (
    <TooltipTrigger delay={400} closeDelay={0}>
      {button}
      <Tooltip className="tooltip" offset={6}>
        {label} {shortcut && <kbd>{shortcut}</kbd>}
      </Tooltip>
    </TooltipTrigger>
  );
}

export interface FieldProps {
  label: string;
  value: string;
  onChange: (value: string) => void;
  onBlur?: () => void;
  name?: string;
  type?: "text" | "email" | "tel" | "password" | "search" | "date";
  /** Says that it may stay empty. */
  optional?: boolean;
  hint?: ReactNode;
  /** What is wrong with the value; makes the field invalid. */
  error?: ReactNode;
  /** Worth knowing, but no obstacle (a correction that will be made). */
  note?: ReactNode;
  autoComplete?: string;
  autoFocus?: boolean;
  inputMode?: "text" | "email" | "tel" | "numeric" | "decimal";
  placeholder?: string;
  disabled?: boolean;
  maxLength?: number;
  inputRef?: Ref<HTMLInputElement>;
  mono?: boolean;
  /** The label is read but not shown. */
  quiet?: boolean;
  /** Stands behind the value: what it counts. */
  unit?: string;
}

export function Field(p: FieldProps) {
  return (
    <TextField
      className="field"
      value={p.value}
      onChange={p.onChange}
      {...(p.onBlur ? { onBlur: p.onBlur } : {})}
      isInvalid={Boolean(p.error)}
      validationBehavior="aria"
      isDisabled={p.disabled ?? false}
      {...(p.name ? { name: p.name } : {})}
      type={p.type ?? "text"}
      {...(p.autoComplete ? { autoComplete: p.autoComplete } : {})}
      {...(p.inputMode ? { inputMode: p.inputMode } : {})}
      autoFocus={p.autoFocus ?? false}
      spellCheck="false"
      {...(p.quiet ? { "aria-label": p.label } : {})}
    >
      {!p.quiet && (
        <Label className="field-label">
          {p.label} {p.optional && <span className="field-optional">{texts.common.optional}</span>}
        </Label>
      )}
      <span className={p.unit ? "field-unit" : "field-box"}>
        <Input
          className={p.mono ? "input mono" : "input"}
          {...(p.inputRef ? { ref: p.inputRef } : {})}
          placeholder={p.placeholder}
          maxLength={p.maxLength}
        />
        {p.unit && <span aria-hidden="true">{p.unit}</span>}
      </span>
      {(p.error || p.note || p.hint) && (
        <Text slot="description">
          {p.error ? (
            <span className="field-error">
              <ErrorIcon size={14} />
              <span>{p.error}</span>
            </span>
          ) : p.note ? (
            <span className="field-note">{p.note}</span>
          ) : (
            <span className="field-hint">{p.hint}</span>
          )}
        </Text>
      )}
    </TextField>
  );
}

export interface Option {
  id: string;
  name: string;
  description?: string;
}

export function SelectField(p: {
  label: string;
  value: string | null;
  onChange: (id: string) => void;
  options: Option[];
  placeholder?: string;
  optional?: boolean;
  error?: ReactNode;
  hint?: ReactNode;
  disabled?: boolean;
  /** The label is read but not shown. */
  quiet?: boolean;
}) {
  return (
    <Select
      className="field"
      value={p.value}
      onChange={(key) => {
        if (key !== null) p.onChange(String(key));
      }}
      isInvalid={Boolean(p.error)}
      validationBehavior="aria"
      isDisabled={p.disabled ?? false}
      placeholder={p.placeholder ?? texts.common.choose}
      {...(p.quiet ? { "aria-label": p.label } : {})}
    >
      {!p.quiet && (
        <Label className="field-label">
          {p.label} {p.optional && <span className="field-optional">{texts.common.optional}</span>}
        </Label>
      )}
      <AriaButton className="select-button">
        <SelectValue />
        <ChevronDownIcon />
      </AriaButton>
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
      <Popover className="popover">
        <ListBox className="menu" items={p.options}>
          {(option) => (
            <ListBoxItem className="menu-item" id={option.id} textValue={option.name}>
              {({ isSelected }) => (
                <>
                  <span className="grow">
                    {/* No slots: an option is called all that it shows (WCAG 2.5.3). */}
                    {option.name}
                    {option.description && <span className="radio-description">{option.description}</span>}
                  </span>
                  <span className="check">{isSelected && <CheckIcon />}</span>
                </>
              )}
            </ListBoxItem>
          )}
        </ListBox>
      </Popover>
    </Select>
  );
}

export function Checkbox({ children, ...props }: Omit<AriaCheckboxProps, "children"> & { children?: ReactNode }) {
  return (
    <AriaCheckbox {...props} className="checkbox">
      {({ isSelected, isIndeterminate }) => (
        <>
          <span className="checkbox-box">
            {isIndeterminate ? <MinusIcon size={12} /> : isSelected ? <CheckIcon size={12} /> : null}
          </span>
          {children}
        </>
      )}
    </AriaCheckbox>
  );
}

export interface MenuEntry {
  id: string;
  label: string;
  icon?: ReactNode;
  href?: string;
  danger?: boolean;
  disabled?: boolean;
  checked?: boolean;
  onPress?: () => void;
}

export interface MenuGroup {
  title?: string;
  entries: MenuEntry[];
}

/** A button that opens a menu. `children` is the button. */
export function MenuButton({
  children,
  groups,
  placement,
}: {
  children: ReactNode;
  groups: MenuGroup[];
  placement?: "bottom start" | "bottom end" | "top start";
}) {
  return (
    <AriaMenuTrigger>
      {children}
      <Popover className="popover" placement={placement ?? "bottom start"}>
        <AriaMenu className="menu">
          {groups.flatMap((group, index) => [
            index > 0 ? <Separator key={`separator-${group.title ?? index}`} className="menu-separator" /> : null,
            <MenuSection
              key={`group-${group.title ?? index}`}
              {...(group.title ? {} : { "aria-label": texts.common.actions })}
            >
              {group.title && <Header className="menu-header">{group.title}</Header>}
              {group.entries.map((entry) => (
                <AriaMenuItem
                  key={entry.id}
                  id={entry.id}
                  className="menu-item"
                  data-danger={entry.danger ? "" : undefined}
                  textValue={entry.label}
                  isDisabled={entry.disabled ?? false}
                  {...(entry.href ? { href: entry.href } : {})}
                  {...(entry.onPress ? { onAction: entry.onPress } : {})}
                >
                  {entry.icon}
                  <span className="grow">{entry.label}</span>
                  {entry.checked !== undefined && <span className="check">{entry.checked && <CheckIcon />}</span>}
                </AriaMenuItem>
              ))}
            </MenuSection>,
          ])}
        </AriaMenu>
      </Popover>
    </AriaMenuTrigger>
  );
}

export interface DialogAction {
  label: string;
  look?: Look;
  busy?: boolean;
  disabled?: boolean;
  /** With `submit`, the button sends the form of this id instead of calling onPress. */
  submit?: string;
  autoFocus?: boolean;
  onPress?: () => void;
}

export function ModalDialog({
  title,
  children,
  actions,
  onClose,
  size,
  role = "dialog",
}: {
  title: string;
  children: ReactNode;
  actions?: DialogAction[];
  onClose: () => void;
  size?: "wide";
  role?: "dialog" | "alertdialog";
}) {
  return (
    <ModalOverlay
      className="modal-shade"
      isOpen
      isDismissable={role === "dialog"}
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
    >
      <Modal className="modal" data-size={size}>
        <Dialog className="dialog" role={role}>
          <div className="dialog-head">
            <Heading slot="title" level={2}>
              {title}
            </Heading>
            <Button look="quiet" icon={<CloseIcon />} label={texts.common.close} onPress={onClose} />
          </div>
          <div className="dialog-body">{children}</div>
          {actions && (
            <div className="dialog-foot">
              {actions.map((action) => (
                <Button
                  key={action.label}
                  look={action.look ?? "plain"}
                  busy={action.busy ?? false}
                  disabled={action.disabled ?? false}
                  autoFocus={action.autoFocus ?? false}
                  {...(action.submit ? { type: "submit" as const, form: action.submit } : {})}
                  {...(action.onPress ? { onPress: action.onPress } : {})}
                >
                  {action.label}
                </Button>
              ))}
            </div>
          )}
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}

/** A button that copies; says so on itself and to screen readers. */
export function CopyButton(p: { text: string; label: string; look?: Look; iconOnly?: boolean }) {
  const [copied, setCopied] = useState(false);
  const copy = () => {
    void navigator.clipboard.writeText(p.text).then(() => {
      setCopied(true);
      setTimeout(() => setCopied(false), 2000);
    });
  };
  return (
    <>
      {p.iconOnly ? (
        <Button look={p.look} label={p.label} icon={copied ? <CheckIcon /> : <CopyIcon />} onPress={copy} />
      ) : (
        <Button look={p.look} icon={copied ? <CheckIcon /> : null} onPress={copy}>
          {copied ? texts.common.copied : p.label}
        </Button>
      )}
      <span className="visually-hidden" role="status">
        {copied ? texts.common.copied : ""}
      </span>
    </>
  );
}

export function Skeleton({ width }: { width: number | string }) {
  return <span className="skeleton" style={{ width }} aria-hidden="true" />;
}

export function Progress({ label, value, total }: { label: string; value: number; total: number }) {
  const share = total > 0 ? Math.min(1, value / total) : 0;
  return (
    <div
      className="progress"
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={total}
      aria-valuenow={value}
    >
      <div className="progress-bar" style={{ width: `${share * 100}%` }} />
    </div>
  );
}
