//! A step of a sign-in: a second factor is set up. Its other half: the first code.

use serde_json::json;

use crate::{
    Error, Result,
    audit::{AuditEvent, Origin},
    credential::{Credential, new_recovery_codes, recovery_hash},
    error::{Conflict, Refusal},
    operations::{
        create_user::ReadOrganization,
        edits::{EditUsers, ReadCredential},
        sessions::{Enrolment, FindSession, Session, Stage, TryCodes},
        steps::{Method, Proceeded, Taken, Waiting, by, proceeded, settle, waiting},
    },
    random::Randomness,
    token::TokenKeys,
    user::User,
};

/// A second factor that is set up.
#[derive(Debug)]
pub struct Enrolled {
    /// The sign-in, which is complete.
    pub proceeded: Proceeded,
    /// Shown once; only their hashes are kept.
    pub recovery_codes: Vec<String>,
}

/// Takes the step: every other session ends, and the person is signed in.
///
/// # Errors
/// [`Error::NotAuthenticated`] when no sign-in waits for it under that token (any more);
/// [`Conflict::EnrolmentNotBegun`]; [`Error::Unfit`] with `code_not_valid`.
pub async fn verify_enrolment(
    ports: &(impl FindSession + TryCodes + EditUsers + ReadCredential + ReadOrganization),
    keys: &TokenKeys,
    token: &str,
    code: &str,
    origin: &Origin,
    randomness: &impl Randomness,
) -> Result<Enrolled> {
    let waiting = waiting(ports, token, Stage::EnrolMfa, origin.now).await?;
    let Waiting { token_hash, session, person } = &waiting;
    let proved = prove(ports, keys, token_hash, session, code, origin).await?;
    let recovery_codes = new_recovery_codes(randomness);
    let open = settle(ports, &waiting, origin, randomness, |mut user, mut credential| {
        let event = enrol(&mut user, &mut credential, &proved, &recovery_codes, origin);
        Ok(Taken { user, credential, event: Some(event), stage: Stage::Complete })
    })
    .await?;
    Ok(Enrolled { proceeded: proceeded(person, open, keys, randomness), recovery_codes })
}

/// A second factor that has given its first code.
#[derive(Debug, Clone)]
pub(crate) enum Proved {
    Totp { secret: crate::totp::TotpSecret, step: u64 },
    Text { phone: String },
}

impl Proved {
    fn method(&self) -> Method {
        match self {
            Self::Totp { .. } => Method::Totp,
            Self::Text { .. } => Method::Text,
        }
    }
}

/// The second factor that a session's person is setting up, if the code is its own.
pub(crate) async fn prove(
    ports: &impl TryCodes,
    keys: &TokenKeys,
    token_hash: &str,
    session: &Session,
    code: &str,
    origin: &Origin,
) -> Result<Proved> {
    let enrolment = session.enrolment.clone().ok_or(Conflict::EnrolmentNotBegun)?;
    if !ports.try_code(token_hash).await? {
        return Err(Conflict::EnrolmentNotBegun.into());
    }
    match enrolment {
        Enrolment::Totp { secret } => match secret.check(code, origin.now, None) {
            Some(step) => Ok(Proved::Totp { secret, step }),
            None => Err(wrong("the code is not right; wait for the next one and check the device's clock")),
        },
        Enrolment::Text { phone } if session.is_text_code(keys, code, origin.now) => Ok(Proved::Text { phone }),
        Enrolment::Text { .. } => Err(wrong("the code is not right or too old; take the one from the last message")),
    }
}

fn wrong(detail: &str) -> Error {
    Error::Unfit(vec![Refusal { field: "code".into(), code: "code_not_valid".into(), detail: detail.into() }])
}

/// The second factor becomes the user's, with recovery codes; every session ends.
pub(crate) fn enrol(
    user: &mut User,
    credential: &mut Credential,
    proved: &Proved,
    recovery_codes: &[String],
    origin: &Origin,
) -> AuditEvent {
    let before = methods(credential);
    let phone_before = user.phone.clone();
    match proved.clone() {
        Proved::Totp { secret, step } => {
            credential.totp_secret = Some(secret);
            credential.totp_last_step = Some(step);
        }
        Proved::Text { phone } => {
            credential.text_codes = true;
            user.phone = Some(phone);
        }
    }
    credential.must_enrol = false;
    credential.recovery_codes = recovery_codes.iter().filter_map(|code| recovery_hash(code)).collect();
    user.mfa_enrolled = true;
    user.end_sessions();
    let (mut was, mut is) = (json!({"methods": before}), json!({"methods": methods(credential)}));
    is["set_up"] = json!(proved.method().name());
    if phone_before != user.phone {
        was["phone"] = json!(phone_before);
        is["phone"] = json!(user.phone);
    }
    by(&user.id, origin).event("mfa.enrolled", user.organization_id.as_ref(), user.id.as_str(), was, is)
}

/// The second factors that are set up, by name.
pub(crate) fn methods(credential: &Credential) -> Vec<&'static str> {
    let all = [(Method::Totp, credential.totp_secret.is_some()), (Method::Text, credential.text_codes)];
    all.into_iter().filter_map(|(method, has)| has.then_some(method.name())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        access::secret_hash,
        ids::UserId,
        operations::{
            begin_enrolment::{Begun, NewFactor, begin_enrolment},
            choose_password::choose_password,
            fake::{Fake, PASSWORD, after, at, code_of, keys, now, run},
            sign_in::{Attempt, sign_in},
        },
        random::SystemRandomness,
        totp::TotpSecret,
        user::UserStatus,
    };

    fn signed_in(fake: &Fake, password: &str) -> Proceeded {
        let attempt = Attempt {
            login: "ana.silva".into(),
            password: password.into(),
            device: None,
            device_cookie: None,
            former_session: None,
        };
        run(sign_in(fake, &keys(), &attempt, &at(now()), &SystemRandomness)).unwrap()
    }

    fn begin(fake: &Fake, token: &str, factor: &NewFactor) -> Result<Begun> {
        run(begin_enrolment(fake, token, factor, &at(now()), &SystemRandomness))
    }

    fn verify(fake: &Fake, token: &str, code: &str) -> Result<Enrolled> {
        run(verify_enrolment(fake, &keys(), token, code, &at(now()), &SystemRandomness))
    }

    /// Ana, invited with a first password, in an organization that asks for a second factor.
    fn invited() -> (Fake, UserId) {
        let (fake, ana) = Fake::with_ana();
        fake.change_organization(|acme| acme.mfa_required = true);
        fake.change(&ana, |user, credential| {
            user.status = UserStatus::Invited;
            credential.first_password_until = Some(after(60));
        });
        (fake, ana)
    }

    #[test]
    fn a_first_sign_in_changes_the_password_sets_up_a_second_factor_and_makes_the_account_active() {
        let (fake, ana) = invited();
        let first = signed_in(&fake, PASSWORD);
        assert_eq!(first.next.stage, Stage::ChangePassword);
        assert_eq!(first.next.password_policy.as_ref().map(|policy| policy.min_length), Some(12));
        let choose = |password: &str| {
            let token = first.session.token.as_str();
            run(choose_password(&fake, &keys(), token, password, &at(now()), &SystemRandomness))
        };
        assert_eq!(code_of(choose("short")), "password_too_short");
        assert_eq!(code_of(choose("ana@acme.example")), "password_too_common");
        assert_eq!(code_of(choose(PASSWORD)), "password_unchanged");
        let second = choose("another long phrase").unwrap();
        assert_eq!(second.next.stage, Stage::EnrolMfa);
        assert!(second.device.is_none());
        assert_eq!(fake.user(&ana).status, UserStatus::Invited);
        assert!(!fake.sessions.borrow().contains_key(&secret_hash(&first.session.token)), "the former token");

        // Interrupted here, the person goes on with their own password.
        let again = signed_in(&fake, "another long phrase");
        assert_eq!(again.next.stage, Stage::EnrolMfa);
        let token = again.session.token.as_str();
        assert_eq!(code_of(verify(&fake, token, "123456")), "enrolment_not_begun");
        let Begun::Totp { secret, uri } = begin(&fake, token, &NewFactor::Totp).unwrap() else { panic!("no secret") };
        assert!(uri.contains(&secret));
        let code = TotpSecret::parse(&secret).unwrap().code(now());
        let enrolled = verify(&fake, token, &code).unwrap();
        assert_eq!(enrolled.recovery_codes.len(), 10);
        assert_eq!(enrolled.proceeded.next.stage, Stage::Complete);
        let user = fake.user(&ana);
        assert_eq!((user.status, user.mfa_enrolled, user.last_sign_in_at), (UserStatus::Active, true, Some(now())));
        assert_eq!(enrolled.proceeded.session.session.epoch, user.session_epoch);
        assert_eq!(fake.actions(), ["user.password_changed", "user.registered"]);
        assert_eq!(code_of(verify(&fake, second.session.token.as_str(), &code)), "not_authenticated", "ended");
    }

    #[test]
    fn text_messages_go_to_the_accounts_number_or_to_a_first_one() {
        let factor = |phone: Option<&str>| NewFactor::Text { phone: phone.map(str::to_owned) };
        for (name, known, given, wanted) in [
            ("its own", Some("+4915112345678"), None, "ok"),
            ("its own, typed", Some("+4915112345678"), Some("+49 1511 2345678"), "ok"),
            ("another one", Some("+4915112345678"), Some("+4915112345679"), "phone_not_yours"),
            ("a first one", None, Some("+4915112345678"), "ok"),
            ("none", None, None, "phone_required"),
        ] {
            let (fake, ana) = Fake::with_ana();
            fake.change(&ana, |user, credential| {
                user.phone = known.map(str::to_owned);
                credential.must_enrol = true;
            });
            let open = signed_in(&fake, PASSWORD).session;
            let begun = begin(&fake, &open.token, &factor(given));
            assert_eq!(code_of(begun), wanted, "{name}");
            if wanted != "ok" {
                continue;
            }
            let (code, phone) = fake.last_text().unwrap();
            assert_eq!(phone, "+4915112345678", "{name}");
            let wrong = if code == "000000" { "000001" } else { "000000" };
            assert_eq!(code_of(verify(&fake, &open.token, wrong)), "code_not_valid", "{name}");
            verify(&fake, &open.token, &code).unwrap();
            let credential = fake.credential(&ana);
            assert!(credential.text_codes && !credential.must_enrol, "{name}");
            assert_eq!(fake.user(&ana).phone.as_deref(), Some("+4915112345678"), "{name}");
        }
    }

    #[test]
    fn five_wrong_codes_end_a_setting_up() {
        let (fake, ana) = Fake::with_ana();
        fake.change(&ana, |_, credential| credential.must_enrol = true);
        let token = signed_in(&fake, PASSWORD).session.token;
        let Begun::Totp { secret, .. } = begin(&fake, &token, &NewFactor::Totp).unwrap() else { panic!("no secret") };
        for _ in 0..5 {
            assert_eq!(code_of(verify(&fake, &token, "12345")), "code_not_valid");
        }
        let code = TotpSecret::parse(&secret).unwrap().code(now());
        assert_eq!(code_of(verify(&fake, &token, &code)), "enrolment_not_begun");
        begin(&fake, &token, &NewFactor::Totp).unwrap();
        assert_eq!(code_of(verify(&fake, &token, "12345")), "code_not_valid", "it may be begun again");
    }
}
