//! From bytes to report: decode, detect, parse, check. Pure..
