//! The operations, a file each: parse, call one use case, map.
