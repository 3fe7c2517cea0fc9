//! The keys that the template asks a secret manager for: made once, kept in the data folder.

use std::{collections::BTreeMap, io, path::PathBuf};

use crate::{files::write_private, random::letters_and_digits, template::Secrets};

/// The keys of a data folder.
pub(crate) struct TokenKeys {
    file: PathBuf,
    keys: BTreeMap<String, String>,
}

impl TokenKeys {
    pub(crate) fn open(file: PathBuf) -> io::Result<Self> {
        let keys = match std::fs::read(&file) {
            Ok(bytes) => serde_json::from_slice(&bytes)?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => BTreeMap::new(),
            Err(error) => return Err(error),
        };
        Ok(Self { file, keys })
    }
}

impl Secrets for TokenKeys {
    fn secret(&mut self, logical_id: &str, length: usize, _letters_only: bool) -> io::Result<String> {
        if let Some(key) = self.keys.get(logical_id) {
            return Ok(key.clone());
        }
        // Letters and digits satisfy either wish about punctuation.
        let key = letters_and_digits(length);
        self.keys.insert(logical_id.to_owned(), key.clone());
        write_private(&self.file, &serde_json::to_vec(&self.keys)?)?;
        Ok(key)
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn keys_are_made_once_and_are_nobody_elses() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("token-keys");
        let first = TokenKeys::open(file.clone()).unwrap().secret("Key", 42, true).unwrap();
        let again = TokenKeys::open(file.clone()).unwrap().secret("Key", 42, true).unwrap();
        assert_eq!((first.len(), &first), (42, &again));
        assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    }
}
