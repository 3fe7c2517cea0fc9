//! Random identifiers and keys.

use std::fmt::Write as _;

/// 32 hexadecimal digits.
pub(crate) fn hex_id() -> String {
    let mut id = String::with_capacity(32);
    for byte in bytes::<16>() {
        // Writing to a String does not fail.
        let _ = write!(id, "{byte:02x}");
    }
    id
}

/// In the form of a UUID.
pub(crate) fn uuid() -> String {
    let id = hex_id();
    format!("{}-{}-{}-{}-{}", &id[..8], &id[8..12], &id[12..16], &id[16..20], &id[20..])
}

/// Letters and digits, each as likely.
pub(crate) fn letters_and_digits(length: usize) -> String {
    const ALPHABET: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    let mut text = String::with_capacity(length);
    while text.len() < length {
        for byte in bytes::<64>() {
            // 248 is the largest multiple of 62 in a byte.
            if byte < 248 && text.len() < length {
                text.push(char::from(ALPHABET[usize::from(byte % 62)]));
            }
        }
    }
    text
}

#[expect(clippy::expect_used, reason = "without the system's randomness nothing may go on")]
fn bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the operating system gives random bytes");
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_and_alphabets() {
        assert_eq!(hex_id().len(), 32);
        assert_eq!(uuid().len(), 36);
        for length in [0, 1, 42, 200] {
            let text = letters_and_digits(length);
            assert_eq!(text.len(), length);
            assert!(text.bytes().all(|byte| byte.is_ascii_alphanumeric()));
        }
    }
}
