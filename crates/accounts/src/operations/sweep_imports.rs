//! Finds imports whose tick was missed or whose runner died, and asks again; gives up what nobody committed.

use jiff::Timestamp;

use crate::{
    Result,
    ids::ImportId,
    import::ports::{Along, DueImports},
};

/// Most imports that one sweep looks at.
const LIMIT: usize = 100;

/// Asks again for every import that is due; says for how many.
///
/// # Errors
/// Internal ones, when all others were asked again: an import that cannot be read keeps nobody waiting.
pub async fn sweep_imports(ports: &impl DueImports, now: Timestamp) -> Result<usize> {
    let (mut asked, mut failure) = (0, None);
    for id in ports.due_imports(now, LIMIT).await? {
        match ask_again(ports, &id, now).await {
            Ok(done) => asked += usize::from(done),
            Err(error) => failure = Some(error),
        }
    }
    failure.map_or(Ok(asked), Err)
}

async fn ask_again(ports: &impl DueImports, id: &ImportId, now: Timestamp) -> Result<bool> {
    let Some(mut import) = ports.import(id).await? else {
        return Ok(false);
    };
    if !import.sweep(now) {
        return Ok(false);
    }
    let along = Along { tick: true, ..Along::default() };
    // Changed meanwhile: it moves, which is all that a sweep wants.
    ports.save_import(&mut import, &along).await
}
