//! The whole system on localhost.
