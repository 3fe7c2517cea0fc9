//! Removes a second factor from one's own account.

use serde_json::json;

use crate::{
    Result,
    access::Actor,
    attempts::CountAttempts,
    audit::Origin,
    error::{Conflict, Missing},
    operations::{
        create_user::ReadOrganization,
        edits::{Edit, EditUsers, ReadCredential, modify_account},
        own_password::require_own_password,
        rules::mfa_required,
        steps::Method,
        verify_enrolment::methods,
    },
};

/// Removes an authenticator, or text messages: every session ends, this one included. With the last one the recovery
/// codes go too.
///
/// # Errors
/// [`Missing::Method`] for what is not set up; [`Conflict::MfaRequired`] for the last one where one is required;
/// [`crate::Error::Unfit`] with `password_wrong`; [`crate::Error::TooManyAttempts`].
pub async fn remove_mfa(
    ports: &(impl CountAttempts + ReadCredential + ReadOrganization + EditUsers),
    actor: &Actor,
    method: &str,
    password: &str,
    origin: &Origin,
) -> Result<()> {
    let method = Method::parse(method).filter(|method| *method != Method::Recovery).ok_or(Missing::Method)?;
    require_own_password(ports, actor, "password", password, origin.now).await?;
    let organization = match &actor.user.organization_id {
        Some(id) => ports.read_organization(id).await?,
        None => None,
    };
    let required = mfa_required(&actor.user, organization.as_ref());
    modify_account(ports, actor.id(), |mut user, mut credential| {
        let before = methods(&credential);
        if !before.contains(&method.name()) {
            return Err(Missing::Method.into());
        }
        match method {
            Method::Totp => {
                credential.totp_secret = None;
                credential.totp_last_step = None;
            }
            Method::Text | Method::Recovery => credential.text_codes = false,
        }
        if !credential.has_mfa() {
            if required {
                return Err(Conflict::MfaRequired.into());
            }
            credential.recovery_codes.clear();
        }
        user.mfa_enrolled = credential.has_mfa();
        user.end_sessions();
        let event = origin.event(
            "mfa.removed",
            user.organization_id.as_ref(),
            user.id.as_str(),
            json!({"methods": before}),
            json!({"methods": methods(&credential)}),
        );
        Ok(Edit::new(user, event).with_credential(credential))
    })
    .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        credential::Credential,
        ids::UserId,
        operations::{
            begin_enrolment::{Begun, NewFactor},
            begin_mfa::begin_mfa,
            change_password::change_password,
            confirm_mfa::confirm_mfa,
            fake::{Fake, PASSWORD, after, at, code_of, keys, now, run},
            renew_recovery_codes::renew_recovery_codes,
            sessions::{Browser, OpenSession, OpenSessions, Stage, live_sessions},
        },
        random::SystemRandomness,
        totp::TotpSecret,
    };

    /// Ana, signed in.
    fn signed_in() -> (Fake, UserId, OpenSession) {
        let (fake, ana) = Fake::with_ana();
        let open = open(&fake, &ana);
        (fake, ana, open)
    }

    fn open(fake: &Fake, user: &UserId) -> OpenSession {
        let user = fake.user(user);
        let open = OpenSession::new(&user, Stage::Complete, &Browser::default(), now(), &SystemRandomness);
        run(fake.open_session(&open, None)).unwrap();
        open
    }

    fn sessions(fake: &Fake, user: &UserId) -> usize {
        run(live_sessions(fake, &fake.user(user), now())).unwrap().len()
    }

    #[test]
    fn a_second_factor_is_set_up_with_the_password_and_ends_every_session() {
        let (fake, ana, session) = signed_in();
        open(&fake, &ana);
        assert_eq!(sessions(&fake, &ana), 2);
        let actor = fake.actor(&ana, &session.session);
        let begin = |password: &str| {
            let token = Some(session.token.as_str());
            run(begin_mfa(&fake, &actor, token, &NewFactor::Totp, password, &at(now()), &SystemRandomness))
        };
        assert_eq!(code_of(begin("wrong")), "password_wrong");
        let Begun::Totp { secret, .. } = begin(PASSWORD).unwrap() else { panic!("no secret") };
        let confirm = |code: &str| {
            let token = Some(session.token.as_str());
            run(confirm_mfa(&fake, &keys(), &actor, token, code, &at(now()), &SystemRandomness))
        };
        assert_eq!(code_of(confirm("12345")), "code_not_valid");
        let codes = confirm(&TotpSecret::parse(&secret).unwrap().code(now())).unwrap();
        assert_eq!(codes.len(), 10);
        assert_eq!(sessions(&fake, &ana), 0);
        assert!(fake.user(&ana).mfa_enrolled);
        assert_eq!(fake.actions(), ["mfa.enrolled"]);

        let renewed = run(renew_recovery_codes(&fake, &actor, PASSWORD, &at(now()), &SystemRandomness)).unwrap();
        assert!(renewed.iter().all(|code| !codes.contains(code)));
        assert_eq!(fake.credential(&ana).recovery_codes.len(), 10);
    }

    #[test]
    fn what_is_removed_and_what_stays_row_by_row() {
        type Change = fn(&mut Credential);
        let totp: Change = |secrets| secrets.totp_secret = Some(TotpSecret::random(&SystemRandomness));
        let both: Change = |secrets| {
            secrets.totp_secret = Some(TotpSecret::random(&SystemRandomness));
            secrets.text_codes = true;
        };
        for (name, has, method, required, wanted, left) in [
            ("the last one", totp, "totp", false, "ok", 0),
            ("the last one where one is required", totp, "totp", true, "mfa_required", 1),
            ("one of two where one is required", both, "totp", true, "ok", 1),
            ("what is not set up", totp, "text", false, "method_not_found", 1),
            ("recovery codes", totp, "recovery", false, "method_not_found", 1),
            ("nonsense", totp, "x", false, "method_not_found", 1),
        ] {
            let (fake, ana, session) = signed_in();
            fake.change_organization(|acme| acme.mfa_required = required);
            fake.change(&ana, |user, credential| {
                has(credential);
                credential.recovery_codes = vec!["one".into()];
                user.mfa_enrolled = true;
            });
            let actor = fake.actor(&ana, &session.session);
            assert_eq!(code_of(run(remove_mfa(&fake, &actor, method, PASSWORD, &at(now())))), wanted, "{name}");
            let credential = fake.credential(&ana);
            assert_eq!(methods(&credential).len(), left, "{name}");
            assert_eq!(credential.recovery_codes.len(), usize::from(left > 0), "{name}");
            assert_eq!(fake.user(&ana).mfa_enrolled, left > 0, "{name}");
            assert_eq!(sessions(&fake, &ana), usize::from(wanted != "ok"), "{name}");
        }
    }

    #[test]
    fn ones_own_password_is_changed_with_the_present_one_and_ends_every_session() {
        let (fake, ana, session) = signed_in();
        let actor = fake.actor(&ana, &session.session);
        let change = |current: &str, new: &str| run(change_password(&fake, &actor, current, new, &at(now())));
        for (name, current, new, wanted) in [
            ("a wrong one", "wrong", "another long phrase", "password_wrong"),
            ("too short", PASSWORD, "short", "password_too_short"),
            ("the same", PASSWORD, PASSWORD, "password_unchanged"),
            ("one's own name", PASSWORD, "ana@acme.example", "password_too_common"),
        ] {
            assert_eq!(code_of(change(current, new)), wanted, "{name}");
        }
        assert_eq!(sessions(&fake, &ana), 1);
        change(PASSWORD, "another long phrase").unwrap();
        assert_eq!(sessions(&fake, &ana), 0);
        assert_eq!(fake.actions(), ["user.password_changed"]);
        assert_eq!(fake.mails.borrow().len(), 1, "the person is told");
        assert_eq!(code_of(change("another long phrase", "a third long phrase")), "ok");
    }

    #[test]
    fn whoever_finds_an_open_session_cannot_guess_the_password() {
        let (fake, ana, session) = signed_in();
        let actor = fake.actor(&ana, &session.session);
        let renew = |password: &str, now| {
            code_of(run(renew_recovery_codes(&fake, &actor, password, &at(now), &SystemRandomness)))
        };
        for _ in 0..10 {
            assert_eq!(renew("wrong", now()), "password_wrong");
        }
        assert_eq!(renew(PASSWORD, now()), "too_many_attempts");
        assert_eq!(fake.user(&ana).locked_until, None, "nobody is locked out by it");
        assert_eq!(renew(PASSWORD, after(30 * 60)), "mfa_not_enrolled", "later the right one is heard again");
    }
}
