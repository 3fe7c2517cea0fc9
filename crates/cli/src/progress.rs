//! How far a long command is: a bar where a person looks on, a line for each step where a log is written.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use crate::output;

/// The step that is under way.
#[derive(Debug)]
pub(crate) struct Progress {
    bar: ProgressBar,
}

impl Progress {
    /// Begins a step of so many rows.
    pub(crate) fn begin(what: &str, rows: u64) -> Self {
        let bar = ProgressBar::new(rows);
        if bar.is_hidden() {
            output::error(&format!("rollcall: {what}"));
        } else {
            if let Ok(style) = ProgressStyle::with_template("{msg} {wide_bar} {human_pos} of {human_len} rows {eta}") {
                bar.set_style(style);
            }
            bar.set_message(what.to_owned());
            bar.enable_steady_tick(Duration::from_millis(200));
        }
        Self { bar }
    }

    /// So many rows are done.
    pub(crate) fn at(&self, rows: u64) {
        self.bar.set_position(rows);
    }

    /// So many rows more are done.
    pub(crate) fn more(&self, rows: u64) {
        self.bar.inc(rows);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
