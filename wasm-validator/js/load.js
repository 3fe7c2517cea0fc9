// Loading a module once, however often it is asked for.

/** Makes a function that loads once. After a failure the next call tries again. */
export function once(load) {
  let loading;
  return (...args) => {
    loading ??= load(...args).catch((error) => {
      loading = undefined;
      throw error;
    });
    return loading;
  };
}
