//! A person chooses a new password with a mailed link, which is spent by it.

use serde_json::{Value, json};

use crate::{
    Error, Result,
    audit::Origin,
    error::DeadLink,
    operations::{
        create_user::ReadOrganization,
        edits::{Edit, EditUsers, ReadCredential, modify_account},
        get_password_reset::{FindResetUser, ResetLink, open_reset, policy_for},
    },
    outbox::DueMail,
    password::NewPassword,
    token::TokenKeys,
    user::LinkState,
};

/// Sets the new password: every session and every API key ends, a lock is lifted, the person is told.
///
/// # Errors
/// [`crate::error::Missing::PasswordReset`], [`DeadLink`], [`Error::Unfit`] with what is wrong with the password.
pub async fn complete_password_reset(
    ports: &(impl FindResetUser + ReadOrganization + EditUsers + ReadCredential),
    keys: &TokenKeys,
    token: &str,
    password: &str,
    origin: &Origin,
) -> Result<()> {
    let link = ResetLink::find(ports, keys, token).await?;
    link.open(origin.now)?;
    let ResetLink { user, generation } = link;
    let policy = policy_for(ports, &user).await?;
    let password = NewPassword::for_user(password, &user, &policy).map_err(|refusal| Error::Unfit(vec![refusal]))?;
    let hash = password.hash();
    let origin = Origin { actor: Some(user.id.clone()), ..origin.clone() };
    modify_account(ports, &user.id, |mut user, mut credential| {
        open_reset(&user, generation, origin.now)?;
        let reset = user.password_reset.as_mut().ok_or(DeadLink::ResetRevoked)?;
        reset.state = LinkState::Used;
        reset.ended_at = Some(origin.now);
        credential.set_password(hash.clone());
        user.locked_until = None;
        user.end_everything();
        let event = origin.event(
            "user.password_changed",
            user.organization_id.as_ref(),
            user.id.as_str(),
            Value::Null,
            json!({"by": "reset_link"}),
        );
        let mail = DueMail::password_changed(&user, origin.now);
        Ok(Edit::new(user, event).with_credential(credential).with_mail(mail))
    })
    .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        ids::PasswordResetId,
        operations::fake::{Fake, PASSWORD, after, at, code_of, keys, now, run},
        outbox::MailSubject,
        password,
        token::Purpose,
        user::{PasswordReset, User, UserStatus},
    };

    const NEW: &str = "another phrase of mine";

    impl FindResetUser for Fake {
        async fn reset_user(&self, id: &PasswordResetId) -> Result<Option<User>> {
            let is_of = |user: &&User| user.password_reset.as_ref().is_some_and(|reset| reset.id == *id);
            Ok(self.users.borrow().values().find(is_of).cloned())
        }
    }

    /// Ana, locked out, with a link; its token.
    fn with_link() -> (Fake, crate::ids::UserId, String) {
        let (fake, ana) = Fake::with_ana();
        fake.change(&ana, |user, credential| {
            user.locked_until = Some(after(600));
            user.mfa_enrolled = true;
            credential.text_codes = true;
            user.password_reset = Some(PasswordReset::next(user, None, now()));
        });
        let reset = fake.user(&ana).password_reset.unwrap();
        let token = keys().issue(Purpose::PasswordReset, reset.id.as_str(), reset.generation);
        (fake, ana, token)
    }

    fn complete(fake: &Fake, token: &str, password: &str) -> String {
        code_of(run(complete_password_reset(fake, &keys(), token, password, &at(after(60)))))
    }

    #[test]
    fn the_new_password_ends_sessions_lifts_the_lock_and_is_told() {
        let (fake, ana, token) = with_link();
        let before = fake.user(&ana);
        assert_eq!(complete(&fake, &token, "short"), "password_too_short");
        assert_eq!(complete(&fake, &token, NEW), "ok");
        let user = fake.user(&ana);
        assert_eq!((user.locked_until, user.session_epoch), (None, before.session_epoch + 1));
        let reset = user.password_reset.unwrap();
        assert_eq!((reset.state, reset.ended_at), (LinkState::Used, Some(after(60))));
        let credential = fake.credential(&ana);
        assert!(password::verify(credential.password_hash.as_deref(), NEW));
        assert!(!password::verify(credential.password_hash.as_deref(), PASSWORD));
        assert!(credential.has_mfa() && user.mfa_enrolled, "the second factor stays");
        let mails = fake.mails.borrow();
        assert!(
            matches!(&mails[..], [mail] if matches!(mail.subject, MailSubject::PasswordChanged { .. })),
            "{mails:?}"
        );
        assert_eq!(complete(&fake, &token, NEW), "reset_used");
    }

    #[test]
    fn a_link_that_is_not_good_changes_nothing() {
        type Change<'a> = &'a dyn Fn(&mut User);
        let rows: [(&str, Change<'_>, &str); 5] = [
            ("revoked", &|user| user.revoke_password_reset(now()), "reset_revoked"),
            ("switched off", &|user| user.status = UserStatus::Deactivated, "reset_revoked"),
            ("replaced", &|user| user.password_reset = Some(PasswordReset::next(user, None, now())), "reset_replaced"),
            (
                "its last moment",
                &|user| user.password_reset.iter_mut().for_each(|reset| reset.expires_at = after(60)),
                "reset_expired",
            ),
            (
                "the one before",
                &|user| user.password_reset.iter_mut().for_each(|reset| reset.expires_at = after(61)),
                "ok",
            ),
        ];
        for (name, change, code) in rows {
            let (fake, ana, token) = with_link();
            fake.change(&ana, |user, _| change(user));
            let before = fake.credential(&ana);
            assert_eq!(complete(&fake, &token, NEW), code, "{name}");
            assert_eq!(fake.credential(&ana) == before, code != "ok", "{name}");
        }
        let (fake, _, token) = with_link();
        for forged in ["", "rst_x", &token.replace("rst_", "inv_"), &format!("{token}A")] {
            assert_eq!(complete(&fake, forged, NEW), "reset_not_found", "{forged}");
        }
    }
}
