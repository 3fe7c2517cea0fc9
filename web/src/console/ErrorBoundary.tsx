import { Component, type ReactNode } from "react";
import { asProblem } from "../api/problem";
import { ProblemBox } from "../ui/problem";

/** A page that breaks leaves the frame standing, says so, and can be tried again. */
export class ErrorBoundary extends Component<{ children: ReactNode }, { error: unknown }> {
  override state = { error: null as unknown };

  static getDerivedStateFromError(error: unknown) {
    return { error };
  }

  override render() {
    if (this.state.error === null) return this.props.children;
    return (
      <div className="page">
        <ProblemBox problem={asProblem(this.state.error)} retry={() => location.reload()} />
      </div>
    );
  }
}
