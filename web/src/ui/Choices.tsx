import { Label, Radio, RadioGroup } from "react-aria-components";

/** A few things of which one is chosen, each with what it means. */
export function Choices<Id extends string>(props: {
  label: string;
  value: Id;
  onChange: (id: Id) => void;
  options: readonly { readonly id: Id; readonly name: string; readonly description?: string | undefined }[];
}) {
  return (
    <RadioGroup className="choices" value={props.value} onChange={(id) => props.onChange(id as Id)}>
      <Label className="field-label">{props.label}</Label>
      {props.options.map((option) => (
        <Radio key={option.id} value={option.id} className="radio">
          <span className="radio-dot" />
          <span>
            {option.name}
            {option.description !== undefined && <span className="radio-description">{option.description}</span>}
          </span>
        </Radio>
      ))}
    </RadioGroup>
  );
}
