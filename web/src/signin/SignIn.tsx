export function SignIn(_: { ended: boolean; onDone: () => void }) {
  return null;
}
