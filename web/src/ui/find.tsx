import { SearchIcon } from "./icons";

/** Narrows what is on the page already. */
export function Find(p: { label: string; value: string; onChange: (text: string) => void }) {
  return (
    <search className="find">
      <SearchIcon />
      <input
        type="search"
        aria-label={p.label}
        placeholder={p.label}
        value={p.value}
        spellCheck="false"
        autoComplete="off"
        onChange={(event) => p.onChange(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === "Escape" && p.value !== "") {
            event.stopPropagation();
            p.onChange("");
          }
        }}
      />
    </search>
  );
}

const plain = (text: string): string => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

/** Whether a name has the text in it, whatever the case and the accents. */
export function has(name: string, text: string): boolean {
  return plain(name).includes(plain(text.trim()));
}
