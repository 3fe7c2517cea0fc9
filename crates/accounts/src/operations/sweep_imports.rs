//! Finds imports whose tick was missed or whose runner died, and asks again; gives up what nobody committed.

use jiff::{SignedDuration, Timestamp};

use crate::{
    Error, Result,
    import::ports::{Along, DueImport, DueImports},
};

/// Most imports that one look finds.
const LIMIT: usize = 100;
/// When an import that cannot be read is looked at again: late enough to stand in nobody's way in the index.
const AGAIN: SignedDuration = SignedDuration::from_hours(1);

/// What a sweep did.
#[derive(Debug, Default)]
pub struct Sweep {
    /// Imports that were asked again.
    pub asked: usize,
    /// Imports that stay as they are because their head cannot be read.
    pub unreadable: usize,
    /// The first failure of the store, if there was one: the sweep is then to be reported as failed.
    pub failure: Option<Error>,
}

/// Asks again for every import that is due, until there is none or `go_on` says no. One that cannot be read, or whose
/// writing fails, keeps no other one waiting.
///
/// # Errors
/// Those of the store as due imports are looked for; what was not done is still due.
pub async fn sweep_imports(ports: &impl DueImports, now: Timestamp, go_on: &impl Fn() -> bool) -> Result<Sweep> {
    let mut sweep = Sweep::default();
    loop {
        let mut progress = 0;
        for found in ports.due_imports(now, LIMIT).await? {
            match ask_again(ports, found, now).await {
                Ok(Asked::Again) => sweep.asked += 1,
                Ok(Asked::Unreadable) => sweep.unreadable += 1,
                Ok(Asked::Nothing) => continue,
                Err(error) => {
                    sweep.failure.get_or_insert(error);
                    continue;
                }
            }
            progress += 1;
        }
        // The index lags behind the table; a round of what is done already is the last one.
        if progress == 0 || !go_on() {
            return Ok(sweep);
        }
    }
}

enum Asked {
    Again,
    Nothing,
    Unreadable,
}

async fn ask_again(ports: &impl DueImports, found: DueImport, now: Timestamp) -> Result<Asked> {
    let DueImport { import: Some(mut import), .. } = found else {
        let due = now.saturating_add(AGAIN).unwrap_or(Timestamp::MAX);
        return Ok(if ports.postpone_import(&found, due).await? { Asked::Unreadable } else { Asked::Nothing });
    };
    if !import.sweep(now) {
        return Ok(Asked::Nothing);
    }
    let along = Along { tick: true, ..Along::default() };
    // Changed meanwhile: it moves, which is all that a sweep wants.
    Ok(if ports.save_import(&mut import, &along).await? { Asked::Again } else { Asked::Nothing })
}
