//! Finds imports whose tick was missed or whose runner died, and asks again; gives up what nobody committed.

use jiff::Timestamp;

use crate::{
    Result,
    import::ports::{Along, DueImports},
};

/// Most imports that one sweep looks at.
const LIMIT: usize = 100;

/// Asks again for every import that is due; says for how many.
///
/// # Errors
/// Internal ones.
pub async fn sweep_imports(ports: &impl DueImports, now: Timestamp) -> Result<usize> {
    let mut asked = 0;
    for id in ports.due_imports(now, LIMIT).await? {
        let Some(mut import) = ports.import(&id).await? else {
            continue;
        };
        if !import.sweep(now) {
            continue;
        }
        let along = Along { tick: true, ..Along::default() };
        // Changed meanwhile: it moves, which is all that a sweep wants.
        asked += usize::from(ports.save_import(&mut import, &along).await?);
    }
    Ok(asked)
}
