//! `cargo run --release -p rollcall-validation --example bench -- FILE PROFILE`: how long a sheet takes natively.

#![expect(clippy::print_stdout, reason = "it is what it prints")]

use std::{env, fs, time::Instant};

use rollcall_validation::{Profile, Rows, check, check_json, sheet::Sheet, verdicts};

fn main() {
    let mut arguments = env::args().skip(1);
    let (Some(file), Some(id)) = (arguments.next(), arguments.next()) else { return };
    let (Ok(bytes), Some(profile)) = (fs::read(file), Profile::built_in(&id)) else { return };
    let measured = |what: &str, run: &dyn Fn() -> usize| {
        let mut times: Vec<_> = (0..7)
            .map(|_| {
                let start = Instant::now();
                std::hint::black_box(run());
                start.elapsed()
            })
            .collect();
        times.sort_unstable();
        println!("{what:10} median {:9.2?}, least {:9.2?}", times[3], times[0]);
    };
    measured("verdicts", &|| verdicts(&bytes, &profile).len());
    measured("check_json", &|| check_json(&bytes, &profile, None, Rows::Issues).len());
    measured("report", &|| check(&bytes, &profile).rows().len());
    measured("sheet", &|| Sheet::parse(&bytes, &profile, None).map_or(0, |sheet| sheet.statuses().len()));
}
