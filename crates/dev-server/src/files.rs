//! Files that only their owner may read.

use std::{fs, io, io::Write as _, os::unix::fs::OpenOptionsExt as _, path::Path};

/// Writes a file of mode 0600, whole or not at all.
pub(crate) fn write_private(file: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut unfinished = file.as_os_str().to_owned();
    unfinished.push(".new");
    let unfinished = Path::new(&unfinished);
    match fs::remove_file(unfinished) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut options = fs::OpenOptions::new();
    let mut open = options.write(true).create_new(true).mode(0o600).open(unfinished)?;
    open.write_all(bytes)?;
    open.sync_all()?;
    fs::rename(unfinished, file)
}
