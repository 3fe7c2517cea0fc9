//! The life of an account as one state machine (docs/LIFECYCLE.md is generated from it): every operation that
//! moves an account asks [`step`] first, and no other place decides whether it may.

use jiff::Timestamp;

use crate::{
    Error, Result,
    error::{Conflict, Missing},
    invitation::InvitationStatus,
    user::{User, UserStatus},
};

/// Where an account is. Finer than [`UserStatus`], which it follows from together with the invitation and the moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum State {
    /// Made, never invited (or brought back before it was ever finished).
    Created,
    /// Its invitation waits for the person.
    Invited,
    /// Its invitation's time has passed.
    InvitationExpired,
    /// Its invitation was withdrawn.
    InvitationRevoked,
    /// Waits for a first sign-in with a password that somebody else chose.
    FirstPassword,
    /// Finished.
    Active,
    /// Finished; no stranger's sign-in is tried for a while.
    LockedOut,
    /// Switched off after it was finished.
    Deactivated,
    /// Switched off before it was finished.
    DeactivatedUnfinished,
    /// Gone for good.
    Deleted,
}

/// What moves an account, or is done to one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Operation {
    /// An administrator sends the (first) invitation.
    SendInvitation,
    /// An administrator sends another mail of it.
    ResendInvitation,
    /// An administrator withdraws it.
    RevokeInvitation,
    /// The person asks for a newer link.
    RenewInvitation,
    /// The person finishes the account with the link.
    AcceptInvitation,
    /// The invitation's time passes.
    ExpireInvitation,
    /// The person signs in, all the way.
    SignIn,
    /// Too many sign-ins have failed.
    Lock,
    /// The lock's time passes.
    LockEnds,
    /// An administrator lifts the lock.
    Unlock,
    /// An administrator makes the person choose a new password.
    ResetPassword,
    /// The person chooses a new password with a mailed link.
    ChoosePassword,
    /// An administrator makes the person set up the second factor anew.
    ResetMfa,
    /// An administrator edits names, roles, groups and so on.
    Edit,
    /// An administrator enters another address.
    ChangeEmail,
    /// An administrator switches the account off.
    Deactivate,
    /// An administrator switches it on again.
    Activate,
    /// An administrator deletes it.
    Delete,
}

impl State {
    /// Every state.
    pub const ALL: &'static [Self] = &[
        Self::Created,
        Self::Invited,
        Self::InvitationExpired,
        Self::InvitationRevoked,
        Self::FirstPassword,
        Self::Active,
        Self::LockedOut,
        Self::Deactivated,
        Self::DeactivatedUnfinished,
        Self::Deleted,
    ];

    /// The state of an account at a moment.
    #[must_use]
    pub fn of(user: &User, now: Timestamp) -> Self {
        match user.status_at(now) {
            UserStatus::Created => Self::Created,
            UserStatus::Invited => match user.invitation_status(now) {
                Some(InvitationStatus::Pending) => Self::Invited,
                Some(InvitationStatus::Expired) => Self::InvitationExpired,
                Some(InvitationStatus::Revoked) => Self::InvitationRevoked,
                Some(InvitationStatus::Registered) | None => Self::FirstPassword,
            },
            UserStatus::Active => Self::Active,
            UserStatus::LockedOut => Self::LockedOut,
            UserStatus::Deactivated if was_finished(user) => Self::Deactivated,
            UserStatus::Deactivated => Self::DeactivatedUnfinished,
        }
    }

    /// What the table in the docs calls it: the API's `status`, and in brackets what else tells it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Invited => "invited",
            Self::InvitationExpired => "invited (expired)",
            Self::InvitationRevoked => "invited (revoked)",
            Self::FirstPassword => "invited (first password)",
            Self::Active => "active",
            Self::LockedOut => "locked_out",
            Self::Deactivated => "deactivated",
            Self::DeactivatedUnfinished => "deactivated (unfinished)",
            Self::Deleted => "deleted",
        }
    }
}

/// Whether the person once finished the account.
fn was_finished(user: &User) -> bool {
    let registered = user.invitation.as_ref().is_some_and(|invitation| invitation.registered_at.is_some());
    registered || user.last_sign_in_at.is_some() || user.mfa_enrolled
}

impl Operation {
    /// Every operation.
    pub const ALL: &'static [Self] = &[
        Self::SendInvitation,
        Self::ResendInvitation,
        Self::RevokeInvitation,
        Self::RenewInvitation,
        Self::AcceptInvitation,
        Self::ExpireInvitation,
        Self::SignIn,
        Self::Lock,
        Self::LockEnds,
        Self::Unlock,
        Self::ResetPassword,
        Self::ChoosePassword,
        Self::ResetMfa,
        Self::Edit,
        Self::ChangeEmail,
        Self::Deactivate,
        Self::Activate,
        Self::Delete,
    ];

    /// What the table in the docs calls it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::SendInvitation => "send invitation",
            Self::ResendInvitation => "resend invitation",
            Self::RevokeInvitation => "revoke invitation",
            Self::RenewInvitation => "person asks for a new link",
            Self::AcceptInvitation => "person accepts",
            Self::ExpireInvitation => "invitation's time passes",
            Self::SignIn => "person signs in",
            Self::Lock => "too many failed sign-ins",
            Self::LockEnds => "lock's time passes",
            Self::Unlock => "unlock",
            Self::ResetPassword => "reset password",
            Self::ChoosePassword => "person chooses a password by link",
            Self::ResetMfa => "reset MFA",
            Self::Edit => "edit",
            Self::ChangeEmail => "change email",
            Self::Deactivate => "deactivate",
            Self::Activate => "activate",
            Self::Delete => "delete",
        }
    }
}

/// Where an operation takes an account, or why it does not.
///
/// # Errors
/// The [`Conflict`] that stands in the way; [`Missing::User`] for one that is deleted.
pub fn step(state: State, operation: Operation) -> Result<State> {
    use Operation as O;
    use State as S;
    let conflict = |conflict: Conflict| Err(Error::Conflict(conflict));
    if state == S::Deleted {
        return Err(Missing::User.into());
    }
    let unfinished =
        matches!(state, S::Created | S::Invited | S::InvitationExpired | S::InvitationRevoked | S::FirstPassword);
    let deactivated = matches!(state, S::Deactivated | S::DeactivatedUnfinished);
    match operation {
        // Whatever the state.
        O::Edit | O::ChangeEmail => Ok(state),
        O::Delete => Ok(S::Deleted),
        O::Deactivate if deactivated => conflict(Conflict::AlreadyDeactivated),
        O::Deactivate if unfinished => Ok(S::DeactivatedUnfinished),
        O::Deactivate => Ok(S::Deactivated),
        O::Activate => match state {
            S::Deactivated => Ok(S::Active),
            S::DeactivatedUnfinished => Ok(S::Created),
            _ => conflict(Conflict::NotDeactivated),
        },
        O::Unlock => match state {
            S::LockedOut => Ok(S::Active),
            _ => conflict(Conflict::NotLocked),
        },
        // Nothing else happens to an account that is switched off.
        _ if deactivated => conflict(Conflict::StatusNotFitting),
        O::SendInvitation => match state {
            S::Created | S::InvitationRevoked | S::FirstPassword => Ok(S::Invited),
            S::Invited | S::InvitationExpired => conflict(Conflict::AlreadyInvited),
            _ => conflict(Conflict::AlreadyRegistered),
        },
        O::ResendInvitation => match state {
            S::Invited | S::InvitationExpired => Ok(S::Invited),
            _ if unfinished => conflict(Conflict::InvitationNotPending),
            _ => conflict(Conflict::AlreadyRegistered),
        },
        O::RevokeInvitation => match state {
            S::Invited | S::InvitationExpired => Ok(S::InvitationRevoked),
            _ if unfinished => conflict(Conflict::InvitationNotPending),
            _ => conflict(Conflict::AlreadyRegistered),
        },
        O::RenewInvitation => match state {
            S::Invited | S::InvitationExpired => Ok(S::Invited),
            _ if unfinished => conflict(Conflict::InvitationNotPending),
            _ => conflict(Conflict::AlreadyRegistered),
        },
        O::AcceptInvitation => match state {
            S::Invited => Ok(S::Active),
            _ if unfinished => conflict(Conflict::InvitationNotPending),
            _ => conflict(Conflict::AlreadyRegistered),
        },
        O::ExpireInvitation => match state {
            S::Invited => Ok(S::InvitationExpired),
            _ => conflict(Conflict::InvitationNotPending),
        },
        O::SignIn => match state {
            S::FirstPassword | S::Active => Ok(S::Active),
            S::LockedOut => conflict(Conflict::StatusNotFitting),
            _ => conflict(Conflict::NotRegistered),
        },
        O::Lock => match state {
            S::Active | S::LockedOut => Ok(S::LockedOut),
            _ => conflict(Conflict::NotRegistered),
        },
        O::LockEnds => match state {
            S::LockedOut => Ok(S::Active),
            _ => conflict(Conflict::NotLocked),
        },
        // A lock guards a password that somebody tries: with a new one there is nothing to guard.
        O::ChoosePassword => match state {
            S::Active | S::LockedOut => Ok(S::Active),
            _ => conflict(Conflict::NotRegistered),
        },
        O::ResetPassword | O::ResetMfa => match state {
            S::Active | S::LockedOut => Ok(state),
            _ => conflict(Conflict::NotRegistered),
        },
    }
}

/// Where an operation takes that account at that moment, or why it does not: asked before it is done.
///
/// # Errors
/// Those of [`step`].
pub fn next(user: &User, operation: Operation, now: Timestamp) -> Result<State> {
    step(State::of(user, now), operation)
}

/// The machine as the table of docs/LIFECYCLE.md.
#[must_use]
pub fn table() -> String {
    let mut text = String::from("| |");
    for state in State::ALL {
        text += &format!(" {} |", state.name());
    }
    text += "\n| --- |";
    text += &" --- |".repeat(State::ALL.len());
    for operation in Operation::ALL {
        text += &format!("\n| **{}** |", operation.name());
        for state in State::ALL {
            let cell = match step(*state, *operation) {
                Ok(next) if next == *state => "stays".to_owned(),
                Ok(next) => format!("→ {}", next.name()),
                Err(error) => format!("`{}`", error.code()),
            };
            text += &format!(" {cell} |");
        }
    }
    text.push('\n');
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        ids::{InvitationId, UserId},
        invitation::Invitation,
        user::UserKind,
    };

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn user(status: UserStatus, change: impl FnOnce(&mut User)) -> User {
        let id = UserId::derived(&["ana"]);
        let mut user = User::new(id.clone(), UserKind::Technician, None, "technician", id, at(0));
        user.status = status;
        change(&mut user);
        user
    }

    fn invitation(status: InvitationStatus) -> Option<Invitation> {
        let mut invitation = Invitation::queued(InvitationId::derived(&["i"]), 24, UserId::derived(&["by"]), at(0));
        invitation.status = status;
        invitation.expires_at = Some(at(100));
        invitation.registered_at = (status == InvitationStatus::Registered).then(|| at(1));
        Some(invitation)
    }

    #[test]
    fn the_state_follows_from_user_and_moment() {
        use InvitationStatus::{Pending, Registered, Revoked};
        let invited = |status| user(UserStatus::Invited, |user| user.invitation = invitation(status));
        for (name, user, now, state) in [
            ("new", user(UserStatus::Created, |_| {}), 0, State::Created),
            (
                "brought back",
                user(UserStatus::Created, |user| user.invitation = invitation(Revoked)),
                0,
                State::Created,
            ),
            ("waits", invited(Pending), 99, State::Invited),
            ("its time has passed", invited(Pending), 100, State::InvitationExpired),
            ("withdrawn", invited(Revoked), 0, State::InvitationRevoked),
            ("given a password", user(UserStatus::Invited, |_| {}), 0, State::FirstPassword),
            ("finished", user(UserStatus::Active, |_| {}), 0, State::Active),
            ("locked", user(UserStatus::Active, |user| user.locked_until = Some(at(10))), 9, State::LockedOut),
            ("locked before", user(UserStatus::Active, |user| user.locked_until = Some(at(10))), 10, State::Active),
            (
                "off, once finished",
                user(UserStatus::Deactivated, |user| user.invitation = invitation(Registered)),
                0,
                State::Deactivated,
            ),
            (
                "off, once signed in",
                user(UserStatus::Deactivated, |user| user.last_sign_in_at = Some(at(1))),
                0,
                State::Deactivated,
            ),
            (
                "off, never finished",
                user(UserStatus::Deactivated, |user| user.invitation = invitation(Revoked)),
                0,
                State::DeactivatedUnfinished,
            ),
        ] {
            assert_eq!(State::of(&user, at(now)), state, "{name}");
        }
    }

    #[test]
    fn nothing_comes_back_from_deletion_and_everything_can_get_there() {
        for operation in Operation::ALL {
            let after = step(State::Deleted, *operation).map_err(|error| error.code().to_owned());
            assert_eq!(after, Err("user_not_found".to_owned()), "{operation:?}");
        }
        for state in State::ALL.iter().filter(|state| **state != State::Deleted) {
            assert_eq!(step(*state, Operation::Delete).unwrap(), State::Deleted, "{state:?}");
        }
    }

    #[test]
    fn every_state_can_be_reached_and_every_one_but_the_last_can_be_left_to_active() {
        let reached = |from: State| {
            let mut seen = vec![from];
            let mut next = 0;
            while next < seen.len() {
                for operation in Operation::ALL {
                    if let Ok(state) = step(seen[next], *operation)
                        && !seen.contains(&state)
                    {
                        seen.push(state);
                    }
                }
                next += 1;
            }
            seen
        };
        let mut from_new = reached(State::Created);
        // An account is made with a first password, or it is not.
        from_new.push(State::FirstPassword);
        assert!(State::ALL.iter().all(|state| from_new.contains(state)), "{from_new:?}");
        for state in State::ALL.iter().filter(|state| **state != State::Deleted) {
            assert!(reached(*state).contains(&State::Active), "{state:?} is a dead end");
        }
    }

    #[test]
    fn the_table_in_the_docs_is_this_machine() {
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/LIFECYCLE.md");
        let docs = std::fs::read_to_string(file).unwrap_or_default();
        let (begin, end) = ("<!-- generated: begin -->\n", "<!-- generated: end -->");
        let (head, rest) = docs.split_once(begin).expect("docs/LIFECYCLE.md has the mark of the table");
        let (_, tail) = rest.split_once(end).expect("docs/LIFECYCLE.md has the mark of the table's end");
        let wanted = format!("{head}{begin}\n{}\n{end}{tail}", table());
        if docs != wanted && std::env::var_os("ROLLCALL_WRITE_DOCS").is_some() {
            std::fs::write(file, &wanted).unwrap();
            return;
        }
        assert!(
            docs == wanted,
            "docs/LIFECYCLE.md is not the machine in lifecycle.rs any more; write it anew with\n\
             ROLLCALL_WRITE_DOCS=1 cargo test --release -p rollcall-accounts lifecycle"
        );
    }
}
