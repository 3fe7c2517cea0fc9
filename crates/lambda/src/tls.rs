//! The cryptography of TLS that a client of AWS needs, by ring: what every TLS 1.3 server must speak (RFC 8446, 9.1),
//! the same for TLS 1.2, and the stronger of each kind. No private keys, since functions show no certificate; neither
//! ChaCha20 nor the Edwards curves, whose code and tables would be 50 KB of every function (ADR 0007).

use std::sync::Arc;

use rustls::{
    Error, SignatureScheme,
    crypto::{
        CryptoProvider, GetRandomFailed, KeyProvider, SecureRandom, WebPkiSupportedAlgorithms,
        ring::{
            cipher_suite::{
                TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
                TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384, TLS13_AES_128_GCM_SHA256,
                TLS13_AES_256_GCM_SHA384,
            },
            kx_group::{SECP256R1, SECP384R1},
        },
    },
    pki_types::PrivateKeyDer,
    sign::SigningKey,
};
use webpki::ring::{
    ECDSA_P256_SHA256, ECDSA_P256_SHA384, ECDSA_P384_SHA256, ECDSA_P384_SHA384, RSA_PKCS1_2048_8192_SHA256,
    RSA_PKCS1_2048_8192_SHA256_ABSENT_PARAMS, RSA_PKCS1_2048_8192_SHA384, RSA_PKCS1_2048_8192_SHA384_ABSENT_PARAMS,
    RSA_PKCS1_2048_8192_SHA512, RSA_PKCS1_2048_8192_SHA512_ABSENT_PARAMS, RSA_PSS_2048_8192_SHA256_LEGACY_KEY,
    RSA_PSS_2048_8192_SHA384_LEGACY_KEY, RSA_PSS_2048_8192_SHA512_LEGACY_KEY,
};

/// What functions speak. (Everything that rustls names would be linked if its own provider were changed instead.)
pub(crate) fn provider() -> CryptoProvider {
    CryptoProvider {
        cipher_suites: vec![
            TLS13_AES_256_GCM_SHA384,
            TLS13_AES_128_GCM_SHA256,
            TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
            TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
            TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
            TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
        ],
        kx_groups: vec![SECP256R1, SECP384R1],
        signature_verification_algorithms: SIGNATURES,
        secure_random: &System,
        key_provider: &NoKeys,
    }
}

/// As rustls has them for ring, without Ed25519.
const SIGNATURES: WebPkiSupportedAlgorithms = WebPkiSupportedAlgorithms {
    all: &[
        ECDSA_P256_SHA256,
        ECDSA_P256_SHA384,
        ECDSA_P384_SHA256,
        ECDSA_P384_SHA384,
        RSA_PSS_2048_8192_SHA256_LEGACY_KEY,
        RSA_PSS_2048_8192_SHA384_LEGACY_KEY,
        RSA_PSS_2048_8192_SHA512_LEGACY_KEY,
        RSA_PKCS1_2048_8192_SHA256,
        RSA_PKCS1_2048_8192_SHA384,
        RSA_PKCS1_2048_8192_SHA512,
        RSA_PKCS1_2048_8192_SHA256_ABSENT_PARAMS,
        RSA_PKCS1_2048_8192_SHA384_ABSENT_PARAMS,
        RSA_PKCS1_2048_8192_SHA512_ABSENT_PARAMS,
    ],
    mapping: &[
        (SignatureScheme::ECDSA_NISTP384_SHA384, &[ECDSA_P384_SHA384, ECDSA_P256_SHA384]),
        (SignatureScheme::ECDSA_NISTP256_SHA256, &[ECDSA_P256_SHA256, ECDSA_P384_SHA256]),
        (SignatureScheme::RSA_PSS_SHA512, &[RSA_PSS_2048_8192_SHA512_LEGACY_KEY]),
        (SignatureScheme::RSA_PSS_SHA384, &[RSA_PSS_2048_8192_SHA384_LEGACY_KEY]),
        (SignatureScheme::RSA_PSS_SHA256, &[RSA_PSS_2048_8192_SHA256_LEGACY_KEY]),
        (SignatureScheme::RSA_PKCS1_SHA512, &[RSA_PKCS1_2048_8192_SHA512]),
        (SignatureScheme::RSA_PKCS1_SHA384, &[RSA_PKCS1_2048_8192_SHA384]),
        (SignatureScheme::RSA_PKCS1_SHA256, &[RSA_PKCS1_2048_8192_SHA256]),
    ],
};

/// The system's randomness, as everywhere here.
#[derive(Debug)]
struct System;

impl SecureRandom for System {
    fn fill(&self, buffer: &mut [u8]) -> Result<(), GetRandomFailed> {
        getrandom::fill(buffer).map_err(|_| GetRandomFailed)
    }
}

/// Functions have no key of their own to load.
#[derive(Debug)]
struct NoKeys;

impl KeyProvider for NoKeys {
    fn load_private_key(&self, _: PrivateKeyDer<'static>) -> Result<Arc<dyn SigningKey>, Error> {
        Err(Error::General("there are no private keys here".to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use rustls::{NamedGroup, crypto::ring};

    use super::*;

    /// What rustls has, in its order, but for this.
    #[test]
    fn all_is_as_rustls_has_it_but_for_what_is_left_out() {
        let (ours, theirs) = (provider(), ring::default_provider());
        let suites = |provider: &CryptoProvider| -> Vec<String> {
            provider.cipher_suites.iter().map(|suite| format!("{:?}", suite.suite())).collect()
        };
        let but: Vec<String> = suites(&theirs).into_iter().filter(|name| !name.contains("CHACHA20")).collect();
        assert_eq!(suites(&ours), but);

        let groups = |provider: &CryptoProvider| -> Vec<NamedGroup> {
            provider.kx_groups.iter().map(|group| group.name()).collect()
        };
        let but: Vec<NamedGroup> = groups(&theirs).into_iter().filter(|name| *name != NamedGroup::X25519).collect();
        assert_eq!(groups(&ours), but);

        let (ours, theirs) = (ours.signature_verification_algorithms, theirs.signature_verification_algorithms);
        let all = |of: &WebPkiSupportedAlgorithms| -> Vec<String> {
            of.all.iter().map(|one| format!("{:?} {:?}", one.public_key_alg_id(), one.signature_alg_id())).collect()
        };
        let edwards =
            format!("{:?} {:?}", webpki::ring::ED25519.public_key_alg_id(), webpki::ring::ED25519.signature_alg_id());
        let but: Vec<String> = all(&theirs).into_iter().filter(|one| *one != edwards).collect();
        assert_eq!(all(&ours), but);
        let mapping = |of: &WebPkiSupportedAlgorithms| -> Vec<String> {
            let of = of.mapping.iter().filter(|(scheme, _)| *scheme != SignatureScheme::ED25519);
            of.flat_map(|(scheme, algorithms)| {
                algorithms
                    .iter()
                    .map(move |one| format!("{scheme:?} {:?} {:?}", one.public_key_alg_id(), one.signature_alg_id()))
            })
            .collect()
        };
        assert_eq!(mapping(&ours), mapping(&theirs));
    }

    #[test]
    fn random_bytes_are_random() {
        let mut drawn = [[0; 32]; 2];
        for bytes in &mut drawn {
            System.fill(bytes).unwrap();
        }
        assert_ne!(drawn[0], drawn[1]);
        assert!(NoKeys.load_private_key(PrivateKeyDer::Pkcs8(vec![0].into())).is_err());
    }
}
