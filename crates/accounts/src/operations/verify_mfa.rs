//! The second step of a sign-in: a code of the authenticator, one sent as a text message, or a recovery code.

use jiff::Timestamp;
use serde_json::json;

use crate::{
    Error, Result,
    attempts::{CODES_LIMIT, CODES_TOLD, CODES_WINDOW, CountAttempts, Counter},
    audit::{AuditEvent, Origin},
    credential::{Credential, recovery_hash},
    error::NotAccepted,
    ids::UserId,
    operations::{
        create_user::ReadOrganization,
        edits::{EditUsers, ReadCredential},
        request_password_reset::QueueMail,
        sessions::{FindSession, OpenSessions, Session, Stage, TryCodes},
        steps::{Counting, Method, Person, Proceeded, Waiting, by, proceed, waiting},
    },
    outbox::DueMail,
    random::Randomness,
    token::TokenKeys,
    user::User,
};

/// Codes that count once.
#[expect(async_fn_in_trait, reason = "used with static dispatch only; functions require Send where they spawn")]
pub trait UseCodes {
    /// Uses up a step of the authenticator and every step before it. `false` when it was used.
    async fn use_totp_step(&self, user: &UserId, step: u64) -> Result<bool>;
    /// Uses up a recovery code, given what was left when it was read. `false` when that has changed.
    async fn use_recovery_code(&self, read: &Credential, hash: &str, event: &AuditEvent) -> Result<bool>;
}

/// Takes the step: the session that waited ends and a new one, with a new token, begins. Without a `method` the
/// code says itself what it is.
///
/// # Errors
/// [`Error::NotAuthenticated`] when no sign-in waits for it under that token (any more; five wrong codes end it);
/// [`NotAccepted::Code`]; [`Error::TooManyAttempts`], since who knows the password may yet be a stranger.
pub async fn verify_mfa(
    ports: &(
         impl FindSession
         + TryCodes
         + CountAttempts
         + UseCodes
         + QueueMail
         + OpenSessions
         + EditUsers
         + ReadCredential
         + ReadOrganization
     ),
    keys: &TokenKeys,
    token: &str,
    code: &str,
    method: Option<Method>,
    origin: &Origin,
    randomness: &impl Randomness,
) -> Result<Proceeded> {
    let waiting = waiting(ports, token, Stage::VerifyMfa, origin.now).await?;
    let Waiting { session, person, .. } = &waiting;
    if !ports.try_code(&waiting.token_hash).await? {
        return Err(Error::NotAuthenticated);
    }
    let user = &person.user;
    let behind = Counter::codes(&person.credential);
    // In a known browser it is the person, and recovery codes are too long to be guessed.
    let guessable = session.known_device.is_none() && recovery_hash(code).is_none();
    let of_day = if guessable { Some(ports.count_attempt(&behind, origin.now, CODES_WINDOW).await?) } else { None };
    if let Some(counted) = of_day {
        counted.within(CODES_LIMIT, origin.now)?;
    }
    let counter = session.known_device.as_ref().map_or_else(|| Counter::account(&user.id), Counter::device);
    let counting = Counting::begin(ports, counter, origin.now).await?;
    let policy = person.policy();
    let open = counting.check(&policy, origin.now);
    let accepted = open.is_ok() && accept(ports, keys, session, person, code, method, origin).await?;
    if of_day.is_some() && (accepted || open.is_err()) {
        // No wrong one.
        ports.forgive_attempt(&behind).await?;
    }
    open?;
    if !accepted {
        if of_day.is_some_and(|counted| counted.count == CODES_TOLD) {
            ports.queue_mail(&DueMail::codes_tried(user, origin.now)).await?;
        }
        counting.failed(ports, &policy, Some(user), origin).await?;
        return Err(NotAccepted::Code.into());
    }
    ports.forgive_attempt(&counting.counter).await?;
    proceed(ports, keys, &waiting, origin, randomness).await
}

/// Whether the code is good, and if so uses it up. A text message's is used up with the session that it was sent for.
async fn accept(
    ports: &impl UseCodes,
    keys: &TokenKeys,
    session: &Session,
    person: &Person,
    code: &str,
    method: Option<Method>,
    origin: &Origin,
) -> Result<bool> {
    let asked = |wanted: Method| method.is_none_or(|method| method == wanted);
    let credential = &person.credential;
    if let Some(hash) = recovery_hash(code).filter(|_| asked(Method::Recovery)) {
        if !credential.recovery_codes.contains(&hash) {
            return Ok(false);
        }
        let event = recovery_code_used(&person.user, credential, origin);
        return ports.use_recovery_code(credential, &hash, &event).await;
    }
    if asked(Method::Totp)
        && let Some(step) = totp_step(credential, code, origin.now)
    {
        return ports.use_totp_step(&credential.user_id, step).await;
    }
    Ok(asked(Method::Text) && credential.text_codes && session.is_text_code(keys, code, origin.now))
}

fn totp_step(credential: &Credential, code: &str, now: Timestamp) -> Option<u64> {
    credential.totp_secret.as_ref()?.check(code, now, credential.totp_last_step)
}

fn recovery_code_used(user: &User, read: &Credential, origin: &Origin) -> AuditEvent {
    let left = read.recovery_codes.len();
    by(&user.id, origin).event(
        "mfa.recovery_code_used",
        user.organization_id.as_ref(),
        user.id.as_str(),
        json!({"recovery_codes_left": left}),
        json!({"recovery_codes_left": left.saturating_sub(1)}),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        access::secret_hash,
        attempts::SOURCE_LIMIT,
        credential::new_recovery_codes,
        device::Device,
        operations::{
            fake::{Fake, after, at, code_of, keys, now, run},
            send_sign_in_code::send_sign_in_code,
            sessions::{Browser, MAX_FAILED_CODES, OpenSession},
        },
        random::SystemRandomness,
        totp::TotpSecret,
        user::UserStatus,
    };

    impl QueueMail for Fake {
        async fn queue_mail(&self, mail: &DueMail) -> Result<()> {
            let mut mails = self.mails.borrow_mut();
            if mails.iter().all(|other| other.id != mail.id) {
                mails.push(mail.clone());
            }
            Ok(())
        }
    }

    struct World {
        fake: Fake,
        ana: UserId,
        secret: TotpSecret,
        recovery: String,
    }

    /// Ana with an authenticator, text messages and recovery codes.
    fn world() -> World {
        let (fake, ana) = Fake::with_ana();
        let secret = TotpSecret::random(&SystemRandomness);
        let recovery = new_recovery_codes(&SystemRandomness).remove(0);
        fake.change(&ana, |user, credential| {
            user.phone = Some("+4915112345678".into());
            credential.totp_secret = Some(secret.clone());
            credential.text_codes = true;
            credential.recovery_codes = recovery_hash(&recovery).into_iter().collect();
        });
        World { fake, ana, secret, recovery }
    }

    impl World {
        /// The token of a sign-in that waits for its code.
        fn waiting(&self, now: Timestamp) -> String {
            let user = self.fake.user(&self.ana);
            let open = OpenSession::new(&user, Stage::VerifyMfa, &Browser::default(), now, &SystemRandomness);
            run(self.fake.open_session(&open, None)).unwrap();
            open.token
        }

        fn verify(&self, token: &str, code: &str, method: Option<Method>, now: Timestamp) -> Result<Proceeded> {
            run(verify_mfa(&self.fake, &keys(), token, code, method, &at(now), &SystemRandomness))
        }
    }

    fn other_than(code: &str) -> &'static str {
        if code == "000000" { "000001" } else { "000000" }
    }

    #[test]
    fn a_code_completes_the_sign_in_under_a_new_token_and_counts_once() {
        let world = world();
        let token = world.waiting(now());
        let code = world.secret.code(now());
        let proceeded = world.verify(&token, &code, None, now()).unwrap();
        assert_eq!(proceeded.next.stage, Stage::Complete);
        assert_ne!(proceeded.session.token, token);
        assert!(proceeded.device.is_some());
        assert_eq!(world.fake.user(&world.ana).last_sign_in_at, Some(now()));
        assert!(!world.fake.sessions.borrow().contains_key(&secret_hash(&token)));
        assert_eq!(code_of(world.verify(&token, &code, None, now())), "not_authenticated", "the former token");
        assert_eq!(code_of(world.verify(&world.waiting(now()), &code, None, now())), "code_not_valid", "replayed");
    }

    #[test]
    fn codes_are_what_their_method_says_row_by_row() {
        let totp = |world: &World| world.secret.code(now());
        let recovery = |world: &World| world.recovery.clone();
        type Code<'a> = &'a dyn Fn(&World) -> String;
        let rows: [(&str, Code<'_>, Option<Method>, &str); 6] = [
            ("totp, by itself", &totp, None, "ok"),
            ("totp, as such", &totp, Some(Method::Totp), "ok"),
            ("totp as a text message's", &totp, Some(Method::Text), "code_not_valid"),
            ("recovery, by itself", &recovery, None, "ok"),
            ("recovery, as such", &recovery, Some(Method::Recovery), "ok"),
            ("recovery as totp", &recovery, Some(Method::Totp), "code_not_valid"),
        ];
        for (name, code, method, wanted) in rows {
            let world = world();
            let outcome = world.verify(&world.waiting(now()), &code(&world), method, now());
            assert_eq!(code_of(outcome), wanted, "{name}");
        }
    }

    #[test]
    fn a_recovery_code_works_once_and_is_told_of() {
        let world = world();
        assert_eq!(code_of(world.verify(&world.waiting(now()), &world.recovery, None, now())), "ok");
        assert_eq!(world.fake.actions(), ["mfa.recovery_code_used"]);
        assert_eq!(world.fake.events.borrow()[0].actor, Some(world.ana.clone()));
        assert_eq!(code_of(world.verify(&world.waiting(now()), &world.recovery, None, now())), "code_not_valid");
    }

    #[test]
    fn a_text_messages_code_is_good_for_ten_minutes_and_until_the_next_one() {
        let world = world();
        let token = world.waiting(now());
        assert_eq!(run(send_sign_in_code(&world.fake, &token, &at(now()))).unwrap(), "…78");
        let (first, phone) = world.fake.last_text().unwrap();
        assert_eq!(phone, "+4915112345678");
        assert_eq!(code_of(run(send_sign_in_code(&world.fake, &token, &at(after(29))))), "rate_limited");
        run(send_sign_in_code(&world.fake, &token, &at(after(30)))).unwrap();
        let (second, _) = world.fake.last_text().unwrap();
        if first != second {
            assert_eq!(code_of(world.verify(&token, &first, None, after(31))), "code_not_valid", "replaced");
        }
        let proceeded = world.verify(&token, &second, Some(Method::Text), after(599)).unwrap();
        assert_eq!(proceeded.next.stage, Stage::Complete);
        let other = world.waiting(now());
        assert_eq!(code_of(world.verify(&other, &second, None, now())), "code_not_valid", "another sign-in's");
    }

    #[test]
    fn text_messages_are_few() {
        let world = world();
        let token = world.waiting(now());
        for n in 0..5 {
            run(send_sign_in_code(&world.fake, &token, &at(after(n * 30)))).unwrap();
        }
        assert_eq!(code_of(run(send_sign_in_code(&world.fake, &token, &at(after(200))))), "rate_limited", "a sixth");
        for n in 0..15 {
            run(send_sign_in_code(&world.fake, &world.waiting(after(n)), &at(after(n)))).unwrap();
        }
        let one_more = world.waiting(after(300));
        assert_eq!(
            code_of(run(send_sign_in_code(&world.fake, &one_more, &at(after(300))))),
            "rate_limited",
            "of a day"
        );
        world.fake.change(&world.ana, |_, credential| credential.text_codes = false);
        assert_eq!(code_of(run(send_sign_in_code(&world.fake, &one_more, &at(after(300))))), "no_text_codes");
    }

    #[test]
    fn five_wrong_codes_end_the_attempt_even_for_the_right_one() {
        let world = world();
        let token = world.waiting(now());
        let right = world.secret.code(now());
        for _ in 0..MAX_FAILED_CODES {
            assert_eq!(code_of(world.verify(&token, other_than(&right), None, now())), "code_not_valid");
        }
        assert_eq!(code_of(world.verify(&token, &right, None, now())), "not_authenticated");
    }

    /// Who knows the password can open as many sign-ins as they like; codes are counted over all of them.
    #[test]
    fn guessed_codes_lock_the_account_however_many_sign_ins_wait() {
        let world = world();
        let right = world.secret.code(now());
        let waiting: Vec<String> = (0..SOURCE_LIMIT).map(|_| world.waiting(now())).collect();
        let outcomes: Vec<String> = waiting
            .iter()
            .map(|token| code_of(world.verify(token, other_than(&right), Some(Method::Totp), now())))
            .collect();
        let tried = outcomes.iter().filter(|code| *code == "code_not_valid").count();
        assert_eq!(tried, 10, "of {SOURCE_LIMIT} guesses as many as the policy allows are tried");
        assert!(outcomes[10..].iter().all(|code| code == "too_many_attempts"), "{outcomes:?}");
        assert_eq!(world.fake.user(&world.ana).status_at(now()), UserStatus::LockedOut);
        assert_eq!(world.fake.actions(), ["user.locked_out"]);
        assert_eq!(code_of(world.verify(&waiting[0], &right, None, now())), "too_many_attempts", "the right one too");
    }

    /// Locks end; what was tried behind the password is not forgotten with them, nor by another right password.
    #[test]
    fn a_day_has_a_hundred_wrong_codes_whatever_else_happens() {
        let world = world();
        let mut tried = 0;
        for minute in 0..24 * 60 - 10 {
            let at = after(minute * 60);
            let token = world.waiting(at);
            // None was sent, so it is none.
            tried += u32::from(code_of(world.verify(&token, "000000", Some(Method::Text), at)) == "code_not_valid");
        }
        assert_eq!(tried, CODES_LIMIT);
        let told = world.fake.mails.borrow().iter().filter(|mail| mail.id.starts_with("codes#")).count();
        assert_eq!(told, 1, "once");

        let later = after((24 * 60 - 10) * 60);
        let verify = |code: &str, known: bool| {
            let mut session = world.waiting(later);
            if known {
                let user = world.fake.user(&world.ana);
                let browser = Browser { known: Some(Device::random(&SystemRandomness)), ..Browser::default() };
                let open = OpenSession::new(&user, Stage::VerifyMfa, &browser, later, &SystemRandomness);
                run(world.fake.open_session(&open, None)).unwrap();
                session = open.token;
            }
            code_of(world.verify(&session, code, None, later))
        };
        assert_eq!(verify(&world.secret.code(later), false), "too_many_attempts", "the right one too");
        assert_eq!(verify(&world.secret.code(later), true), "ok", "in a known browser");
        assert_eq!(verify(&world.recovery, false), "ok", "a recovery code");
        world.fake.change(&world.ana, |_, credential| {
            credential.password_hash = Some("of another password".into());
            credential.totp_last_step = None;
        });
        assert_eq!(verify(&world.secret.code(later), false), "ok", "behind another password");
    }

    #[test]
    fn an_attempt_ends_after_ten_minutes_with_the_sessions_and_unknown_tokens_are_nobody() {
        let world = world();
        let token = world.waiting(now());
        for (name, token, at) in [("late", token.as_str(), after(600)), ("unknown", "guess", now())] {
            let outcome = world.verify(token, &world.secret.code(at), None, at);
            assert_eq!(code_of(outcome), "not_authenticated", "{name}");
        }
        let code = world.secret.code(now());
        world.fake.change(&world.ana, |user, _| user.end_sessions());
        assert_eq!(code_of(world.verify(&token, &code, None, now())), "not_authenticated", "ended");
    }
}
