import type { ReactNode } from "react";
import { texts } from "../../texts/en";

export const nothing = <span className="muted">{texts.common.none}</span>;

export function Detail({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className="detail">
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  );
}

export function PanelSection({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="panel-section stack" aria-label={title}>
      <h3>{title}</h3>
      {children}
    </section>
  );
}
