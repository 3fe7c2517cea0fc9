//! Rows whose people are there already: who they are, and what a row does to them or why it cannot. Asked in a dry
//! run, before anything becomes visible, and once more when it is done, over the person as they are then.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{
    Import, OnExisting, ServerIssue, Severity,
    ports::{Claim, Held},
    rows::{Place, PlacedIssue, StagedRow},
};
use crate::{
    access::{Actor, OrganizationScope},
    audit::Origin,
    credential::Credential,
    error::Error,
    ids::{EntryId, ImportId, InvitationId, UserId},
    invitation::Invitation,
    lifecycle::{self, Operation, State},
    operations::{
        assign::{GROUP_LIMIT, PROPERTY_LIMIT, access_differs, is_reduced, permitted},
        create_user::summary,
        edits::{Edit, others_account},
        rules::Rules,
    },
    outbox::{DueMail, Lane},
    roles::{Permission, RoleBook},
    user::{User, UserKind, UserStatus},
};

/// A row whose person is there already.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Met {
    /// The row's place.
    pub place: Place,
    /// The row's number.
    pub row: u32,
    /// Who it is.
    pub person: UserId,
}

/// What became of a person's row: kept with the change, so that doing it again changes nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settled {
    /// What it means for the row.
    pub severity: Severity,
    /// Which field says it.
    pub field: String,
    /// Why.
    pub code: String,
}

impl Settled {
    fn of(severity: Severity, field: &str, code: &str) -> Self {
        Self { severity, field: field.to_owned(), code: code.to_owned() }
    }

    /// That the row was refused.
    #[must_use]
    pub fn refused(field: &str, code: &str) -> Self {
        Self::of(Severity::Error, field, code)
    }

    /// As an issue of the person's row.
    #[must_use]
    pub fn issue(&self, met: &Met) -> PlacedIssue {
        PlacedIssue {
            place: met.place,
            person: Some(met.person.clone()),
            issue: ServerIssue {
                row: met.row,
                field: self.field.clone(),
                code: self.code.clone(),
                severity: self.severity,
                other_row: None,
            },
        }
    }
}

/// The row of a person that was settled, with the import it is of: a member of the edit's transaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settling {
    /// The import.
    pub import: ImportId,
    /// The person.
    pub person: UserId,
    /// How.
    pub settled: Settled,
}

/// What claims found, row by row: what refuses a row, and the rows whose people are there. A row means a person if
/// they hold its address; one whose username is somebody else's, or who has another address, is somebody else.
#[must_use]
pub fn sort_out(claims: &[Claim], held: &[Held]) -> (Vec<PlacedIssue>, Vec<Met>) {
    let mut issues = Vec::new();
    let mut people = Vec::new();
    let found: Vec<(&Claim, &Held)> = claims.iter().zip(held).collect();
    for row in found.chunk_by(|(one, _), (other, _)| one.place == other.place) {
        let person = row.iter().find(|(claim, _)| claim.field == "email").and_then(|(_, held)| match held {
            Held::Taken { here } => here.as_ref(),
            _ => None,
        });
        let in_the_way: Vec<_> = row
            .iter()
            .filter(|(_, held)| !matches!(held, Held::Taken { here: Some(holder) } if Some(holder) == person))
            .filter_map(|(claim, held)| {
                Some(PlacedIssue { place: claim.place, person: None, issue: issue_of(claim, held)? })
            })
            .collect();
        match (row, person) {
            ([(claim, _), ..], Some(person)) if in_the_way.is_empty() => {
                people.push(Met { place: claim.place, row: claim.row, person: person.clone() });
            }
            _ => issues.extend(in_the_way),
        }
    }
    (issues, people)
}

/// What the answer to a claim means for a row that makes a new user.
fn issue_of(claim: &Claim, held: &Held) -> Option<ServerIssue> {
    let username = claim.field == "username";
    let (code, other_row) = match held {
        Held::Ours => return None,
        Held::SameImport { row, .. } => ("duplicate_in_import", Some(*row)),
        Held::Reserved if username => ("username_reserved", None),
        Held::Reserved => ("email_reserved", None),
        Held::Taken { .. } if username => ("username_taken", None),
        Held::Taken { .. } => ("email_taken", None),
    };
    Some(ServerIssue {
        row: claim.row,
        field: claim.field.to_owned(),
        code: code.to_owned(),
        severity: Severity::Error,
        other_row,
    })
}

/// What a row does to its person.
#[derive(Debug)]
pub enum Decision {
    /// This, whole.
    Change(Box<Change>),
    /// Nothing, and why.
    Leave(Settled),
}

/// A person as the row makes them.
#[derive(Debug)]
pub struct Change {
    user: User,
    mail: Option<DueMail>,
    action: &'static str,
    told: (Value, Value),
    /// The password that somebody else chose is void: a link takes its place.
    without_password: bool,
    settled: Settled,
}

/// What deciding takes beside row and person.
#[derive(Debug)]
pub struct Deciding<'a> {
    /// Who imports, as they are at this moment; none: they may do nothing any more.
    pub actor: Option<&'a Actor>,
    /// The roles that count where the people are.
    pub book: &'a RoleBook,
    /// What the import makes.
    pub kind: UserKind,
    /// Hours for which an invitation is good once mailed, at most: a person's own rules may give fewer.
    pub valid_hours: u32,
    /// The moment.
    pub now: Timestamp,
}

impl Deciding<'_> {
    /// What the row does to the person as they were read; `invitation` is of the first one that they are sent.
    pub fn decide(
        &self,
        wish: OnExisting,
        row: &StagedRow,
        read: &User,
        invitation: impl FnOnce() -> InvitationId,
    ) -> Decision {
        let refused = |field: &str, code: &str| Decision::Leave(Settled::refused(field, code));
        let done = Settled::of(wish.outcome(), "email", "already_exists");
        let Some(permission) = wish.permission() else {
            return Decision::Leave(done);
        };
        let Some(actor) = self.actor else {
            return refused("email", "permission_denied");
        };
        if let Err(error) = self.may(actor, permission, read) {
            return refused("email", error.code());
        }
        if read.status == UserStatus::Deactivated {
            return refused("email", "person_deactivated");
        }
        let decided = match wish {
            OnExisting::Invite => self.invited(actor, read, invitation, done),
            OnExisting::AddToGroup => added(row, read, done),
            _ => self.updated(actor, row, read, done),
        };
        match decided {
            Ok(change) => Decision::Change(Box::new(change)),
            Err(settled) => Decision::Leave(settled),
        }
    }

    /// An import changes nobody whom its importer could not change one by one, and not themselves.
    fn may(&self, actor: &Actor, permission: Permission, read: &User) -> Result<(), Error> {
        actor.require_in(permission, read.organization_id.as_ref())?;
        others_account(actor, read, self.book)
    }

    fn updated(&self, actor: &Actor, row: &StagedRow, read: &User, done: Settled) -> Result<Change, Settled> {
        if read.user_kind != self.kind {
            return Err(Settled::refused("email", "other_kind"));
        }
        let mut user = read.clone();
        let says = |field: &str| !row.by_default.contains(field);
        let text = |field: &str| Some(row.text(field)).filter(|text| !text.is_empty() && says(field));
        for (field, to) in [("first_name", &mut user.first_name), ("last_name", &mut user.last_name)] {
            if let Some(text) = text(field) {
                text.clone_into(to);
            }
        }
        for (field, to) in [("phone", &mut user.phone), ("language", &mut user.language)] {
            if let Some(text) = text(field) {
                *to = Some(text.to_owned());
            }
        }
        if says("role") {
            replace(&mut user.roles, &row.given.roles);
        }
        replace(&mut user.groups, &row.given.groups);
        replace(&mut user.courses, &row.given.courses);
        if text("site").is_some() {
            user.site.clone_from(&row.given.site);
        }
        user.properties.extend(row.given.properties.iter().map(|(key, value)| (key.clone(), value.clone())));
        if user.properties.len() > PROPERTY_LIMIT {
            return Err(Settled::refused("properties", "too_many"));
        }
        if !row.scope.is_empty() && read.organization_id.is_none() {
            user.scope = OrganizationScope::Selected(row.scope.iter().cloned().collect());
        }
        if user == *read {
            return Err(Settled::of(Severity::Skipped, "email", "nothing_to_change"));
        }
        permitted(actor, self.book, Some(read), &user).map_err(|error| match error {
            Error::PermissionDenied(_) => Settled::refused("role", "role_not_grantable"),
            other => Settled::refused("email", other.code()),
        })?;
        if is_reduced(self.book, read, &user) || user.phone != read.phone {
            user.end_sessions();
        }
        Ok(Change {
            told: (summary(read), summary(&user)),
            user,
            mail: None,
            action: "user.updated",
            without_password: false,
            settled: done,
        })
    }

    fn invited(
        &self,
        actor: &Actor,
        read: &User,
        id: impl FnOnce() -> InvitationId,
        done: Settled,
    ) -> Result<Change, Settled> {
        let was = State::of(read, self.now);
        let again = matches!(was, State::Invited | State::InvitationExpired);
        let operation = if again { Operation::ResendInvitation } else { Operation::SendInvitation };
        if lifecycle::step(was, operation).is_err() {
            return Err(Settled::of(Severity::Skipped, "email", "already_registered"));
        }
        let by = actor.id().clone();
        // The rules that made the account still hold for it, as where it is invited again by itself.
        let hours = Rules::of(read, None).map_or(self.valid_hours, |rules| rules.valid_hours().min(self.valid_hours));
        let (before, next) = match &read.invitation {
            None => (Value::Null, Invitation::queued(id(), hours, by, self.now)),
            Some(old) => (
                json!({"generation": old.generation, "status": old.status_at(self.now).name()}),
                old.next_generation(hours, by, self.now, false),
            ),
        };
        let mail = DueMail::invitation(&read.id, &next, Lane::Bulk);
        Ok(Change {
            told: (before, json!({"generation": next.generation})),
            user: User { status: UserStatus::Invited, invitation: Some(next), ..read.clone() },
            mail: Some(mail),
            action: if again { "invitation.resent" } else { "invitation.sent" },
            without_password: was == State::FirstPassword,
            settled: done,
        })
    }
}

fn added(row: &StagedRow, read: &User, done: Settled) -> Result<Change, Settled> {
    let mut user = read.clone();
    let more: Vec<&EntryId> = row.given.groups.iter().filter(|group| !read.groups.contains(group)).collect();
    user.groups.extend(more.into_iter().cloned());
    if user.groups.len() == read.groups.len() {
        return Err(Settled::of(Severity::Skipped, "groups", "nothing_to_change"));
    }
    if user.groups.len() > GROUP_LIMIT {
        return Err(Settled::refused("groups", "too_many"));
    }
    Ok(Change {
        told: (json!({"groups": read.groups}), json!({"groups": user.groups})),
        user,
        mail: None,
        action: "user.updated",
        without_password: false,
        settled: done,
    })
}

/// What the row says, where it says something; the same in another order is the same.
fn replace<T: Clone + Ord>(held: &mut Vec<T>, said: &[T]) {
    let all = |list: &[T]| -> BTreeSet<T> { list.iter().cloned().collect() };
    if !said.is_empty() && all(held) != all(said) {
        *held = said.to_vec();
    }
}

impl Change {
    /// The edit that makes it, and what is kept of it.
    #[must_use]
    pub fn edit(self, import: &Import, actor: &Actor, read: &User, row: u32, now: Timestamp) -> (Edit, Settled) {
        let Self { user, mail, action, told: (before, mut after), without_password, settled } = self;
        after["import_id"] = json!(import.id);
        after["row"] = json!(row);
        let origin = Origin { actor: Some(import.created_by.clone()), source: import.source.clone(), now };
        let event = origin.event(action, user.organization_id.as_ref(), user.id.as_str(), before, after);
        let settling = Settling { import: import.id.clone(), person: read.id.clone(), settled: settled.clone() };
        let decides_on_access = access_differs(read, &user);
        let id = user.id.clone();
        let mut edit = Edit { settling: Some(settling), ..Edit::new(user, event) };
        edit.mails.extend(mail);
        if without_password {
            edit = edit.with_credential(Credential::empty(id));
        }
        (if decides_on_access { edit.while_active(actor) } else { edit }, settled)
    }
}

/// What will become of rows whose people are there, one by one; `read` are these people.
#[must_use]
pub fn foreseen(
    deciding: &Deciding<'_>,
    by_default: OnExisting,
    people: &[Met],
    read: &BTreeMap<UserId, Option<User>>,
    row_of: impl Fn(&Met) -> Option<StagedRow>,
) -> Vec<PlacedIssue> {
    let mut issues = Vec::with_capacity(people.len());
    for met in people {
        let Some(row) = row_of(met) else { continue };
        let wish = row.on_existing.unwrap_or(by_default);
        let settled = match read.get(&met.person) {
            _ if wish.permission().is_none() => Settled::of(wish.outcome(), "email", "already_exists"),
            // Deleted in this very moment: at the next try the row is a new person's.
            None => Settled::refused("email", "user_not_found"),
            Some(None) => Settled::refused("email", "person_unreadable"),
            Some(Some(user)) => {
                match deciding.decide(wish, &row, user, || InvitationId::derived(&[met.person.as_str()])) {
                    Decision::Change(change) => change.settled,
                    Decision::Leave(settled) => settled,
                }
            }
        };
        issues.push(settled.issue(met));
    }
    issues
}

/// The people whom an import that was done has changed, with their rows.
pub fn changed_people(issues: Vec<PlacedIssue>) -> impl Iterator<Item = (u32, UserId)> {
    done(issues, false)
        .into_iter()
        .filter(|placed| placed.issue.severity.changes_a_person())
        .filter_map(|placed| Some((placed.issue.row, placed.person?)))
}

/// What is told of an import's rows: what came of a row takes the place of what was foreseen, and of an import that
/// was not done nothing that it would have done to anybody.
#[must_use]
pub fn told(issues: Vec<PlacedIssue>, discarded: bool) -> Vec<ServerIssue> {
    done(issues, discarded).into_iter().map(|placed| placed.issue).collect()
}

fn done(issues: Vec<PlacedIssue>, discarded: bool) -> Vec<PlacedIssue> {
    let came_otherwise: BTreeSet<Place> =
        issues.iter().filter(|issue| !issue.issue.severity.changes_a_person()).map(|issue| issue.place).collect();
    issues
        .into_iter()
        .filter(|issue| {
            let foreseen = issue.issue.severity.changes_a_person();
            !foreseen || !(discarded || came_otherwise.contains(&issue.place))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        access::{Account, Via},
        ids::{OrganizationId, ProfileId},
        import::custom::OwnRules,
        invitation::InvitationStatus,
        lists::PropertyValue,
        roles::RoleId,
    };

    fn now() -> Timestamp {
        "2026-11-21T12:00:00Z".parse().unwrap()
    }

    fn user(name: &str, kind: UserKind, roles: &[&str], status: UserStatus) -> User {
        let organization = (kind != UserKind::Technician).then(|| OrganizationId::derived(&["acme"]));
        let id = UserId::derived(&[name]);
        let mut user = User::new(id.clone(), kind, organization, "modern", id, now());
        user.first_name = name.to_owned();
        user.email = format!("{name}@example.org");
        user.status = status;
        user.roles = roles.iter().filter_map(|role| RoleId::parse(role)).collect();
        user
    }

    fn actor(kind: UserKind, roles: &[&str]) -> Actor {
        let account = Account { user: user("admin", kind, roles, UserStatus::Active), roles: RoleBook::default() };
        Actor::new(account, Via::ApiKey).unwrap()
    }

    fn row(json: serde_json::Value) -> StagedRow {
        serde_json::from_value(json).unwrap()
    }

    fn decide(actor: &Actor, wish: OnExisting, row: &StagedRow, read: &User) -> Result<User, (Severity, String)> {
        let book = RoleBook::default();
        let deciding =
            Deciding { actor: Some(actor), book: &book, kind: UserKind::EndUser, valid_hours: 24, now: now() };
        match deciding.decide(wish, row, read, || InvitationId::derived(&["new"])) {
            Decision::Change(change) => Ok(change.user),
            Decision::Leave(settled) => Err((settled.severity, settled.code)),
        }
    }

    #[test]
    fn what_a_row_says_replaces_and_what_it_does_not_say_stays() {
        let admin = actor(UserKind::EndUser, &["organization_admin"]);
        let mut ana = user("ana", UserKind::EndUser, &["organization_user"], UserStatus::Active);
        ana.last_name = "Silva".into();
        ana.groups = vec![EntryId::derived(&["old"])];
        ana.properties.insert("desk".into(), PropertyValue::Text("1".into()));
        let said = row(json!({
            "row": 1, "values": {"first_name": "Anna", "email": "ANA@example.org", "username": "other", "role": ["x"]},
            "roles": ["organization_billing_admin"], "groups": [EntryId::derived(&["new"])], "properties": {"shoe": "44"},
        }));
        let changed = decide(&admin, OnExisting::Update, &said, &ana).unwrap();
        assert_eq!((changed.first_name.as_str(), changed.last_name.as_str()), ("Anna", "Silva"));
        assert_eq!(changed.roles[0].as_str(), "organization_billing_admin");
        assert_eq!(changed.groups, [EntryId::derived(&["new"])]);
        assert_eq!(changed.properties.keys().collect::<Vec<_>>(), ["desk", "shoe"]);
        assert_eq!((&changed.email, &changed.username, changed.status), (&ana.email, &None, ana.status), "never these");
        assert_eq!(changed.session_epoch, 0, "nothing was taken away");
        let default = StagedRow { by_default: ["role".into(), "first_name".into()].into(), ..said.clone() };
        let default = decide(&admin, OnExisting::Update, &default, &ana).unwrap();
        assert_eq!((&default.first_name, &default.roles), (&ana.first_name, &ana.roles), "an empty cell says nothing");
        let again = decide(&admin, OnExisting::Update, &said, &changed);
        assert_eq!(again.unwrap_err(), (Severity::Skipped, "nothing_to_change".into()));
    }

    #[test]
    fn who_cannot_be_changed_and_why_row_by_row() {
        use UserKind::{EndUser, Member, Technician};
        let own = || actor(EndUser, &["organization_admin"]);
        let invited = || {
            let mut user = user("ivo", EndUser, &["organization_user"], UserStatus::Invited);
            user.invitation = Some(Invitation::queued(InvitationId::derived(&["i"]), 24, user.id.clone(), now()));
            user
        };
        let plain = || user("ana", EndUser, &["organization_user"], UserStatus::Active);
        let rename = || row(json!({"row": 1, "values": {"first_name": "Else", "email": "x@example.org"}}));
        let group = || row(json!({"row": 1, "values": {}, "groups": [EntryId::derived(&["g"])]}));
        let with_roles = |role: &str| row(json!({"row": 1, "values": {"role": [role]}, "roles": [role]}));
        for (name, who, wish, row, person, wanted) in [
            ("renamed", own(), OnExisting::Update, rename(), plain(), "updated"),
            ("left out", own(), OnExisting::Skip, rename(), plain(), "skipped already_exists"),
            ("refused", own(), OnExisting::Refuse, rename(), plain(), "error already_exists"),
            (
                "oneself",
                own(),
                OnExisting::Update,
                rename(),
                user("admin", EndUser, &["organization_admin"], UserStatus::Active),
                "error own_account",
            ),
            (
                "the Root Master",
                actor(Technician, &["root_master"]),
                OnExisting::Update,
                rename(),
                user("root", Technician, &["root_master"], UserStatus::Active),
                "error root_master",
            ),
            (
                "deactivated",
                own(),
                OnExisting::AddToGroup,
                group(),
                user("dan", EndUser, &[], UserStatus::Deactivated),
                "error person_deactivated",
            ),
            (
                "more powerful than the importer",
                actor(Technician, &["technician"]),
                OnExisting::Update,
                rename(),
                user("boss", EndUser, &["organization_admin"], UserStatus::Active),
                "error permission_denied",
            ),
            (
                "a role beyond the importer's",
                actor(Technician, &["technician"]),
                OnExisting::Update,
                with_roles("organization_admin"),
                plain(),
                "error role_not_grantable",
            ),
            (
                "a view-only importer",
                actor(EndUser, &["organization_view_only_admin"]),
                OnExisting::Invite,
                rename(),
                invited(),
                "error permission_denied",
            ),
            (
                "another kind",
                own(),
                OnExisting::Update,
                rename(),
                user("mia", Member, &["user"], UserStatus::Active),
                "error other_kind",
            ),
            ("a group", own(), OnExisting::AddToGroup, group(), plain(), "updated"),
            ("no group", own(), OnExisting::AddToGroup, rename(), plain(), "skipped nothing_to_change"),
            ("invited again", own(), OnExisting::Invite, rename(), invited(), "updated"),
            ("registered", own(), OnExisting::Invite, rename(), plain(), "skipped already_registered"),
        ] {
            let told = match decide(&who, wish, &row, &person) {
                Ok(_) => "updated".to_owned(),
                Err((severity, code)) => format!("{} {code}", severity.name()),
            };
            assert_eq!(told, wanted, "{name}");
        }
    }

    #[test]
    fn inviting_again_kills_the_older_link_and_a_first_one_begins_at_one() {
        let admin = actor(UserKind::EndUser, &["organization_admin"]);
        let nothing = row(json!({"row": 1, "values": {}}));
        let created = user("ana", UserKind::EndUser, &["organization_user"], UserStatus::Created);
        let first = decide(&admin, OnExisting::Invite, &nothing, &created).unwrap();
        assert_eq!((first.status, first.invitation.as_ref().unwrap().generation), (UserStatus::Invited, 1));
        let mut revoked = decide(&admin, OnExisting::Invite, &nothing, &first).unwrap();
        assert_eq!(revoked.invitation.as_ref().unwrap().generation, 2);
        revoked.invitation.as_mut().unwrap().status = InvitationStatus::Revoked;
        let third = decide(&admin, OnExisting::Invite, &nothing, &revoked).unwrap().invitation.unwrap();
        assert_eq!((third.generation, third.status), (3, InvitationStatus::Pending));
    }

    #[test]
    fn an_invitation_is_good_no_longer_than_import_and_person_have_it() {
        let admin = actor(UserKind::EndUser, &["organization_admin"]);
        let nothing = row(json!({"row": 1, "values": {}}));
        for (name, hours, wanted) in [("by the import", 48, 24), ("by the profile that made the person", 4, 4)] {
            let mut person = user("ana", UserKind::EndUser, &["organization_user"], UserStatus::Created);
            person.own_rules = Some(OwnRules {
                profile: ProfileId::derived(&["own"]),
                base: "modern".into(),
                mfa_required: false,
                phone_at_acceptance: false,
                valid_hours: hours,
            });
            for generation in 1..=2 {
                person = decide(&admin, OnExisting::Invite, &nothing, &person).unwrap();
                let invitation = person.invitation.as_ref().unwrap();
                assert_eq!((invitation.generation, invitation.valid_hours), (generation, wanted), "{name}");
            }
        }
    }

    #[test]
    fn a_row_means_who_holds_its_address_and_nobody_else() {
        let (ana, ben) = (UserId::derived(&["ana"]), UserId::derived(&["ben"]));
        let claim = |index, field: &'static str| Claim {
            identity: rollcall_validation::identity::IdentityKey::from_email("x@example.org"),
            user_id: UserId::derived(&["new"]),
            place: Place { chunk: 0, index },
            row: index + 1,
            field,
        };
        let taken = |id: &UserId| Held::Taken { here: Some(id.clone()) };
        for (name, held, wanted) in [
            ("new", vec![Held::Ours, Held::Ours], "[] []"),
            ("here", vec![taken(&ana), Held::Ours], "[] [1]"),
            ("here by both names", vec![taken(&ana), taken(&ana)], "[] [1]"),
            ("the username is another's", vec![taken(&ana), taken(&ben)], "[\"username_taken\"] []"),
            ("only the username is taken", vec![Held::Ours, taken(&ben)], "[\"username_taken\"] []"),
            ("elsewhere", vec![Held::Taken { here: None }, Held::Ours], "[\"email_taken\"] []"),
            ("under way", vec![Held::Reserved, Held::Reserved], "[\"email_reserved\", \"username_reserved\"] []"),
        ] {
            let claims = [claim(0, "email"), claim(0, "username")];
            let (issues, people) = sort_out(&claims, &held);
            let codes: Vec<&str> = issues.iter().map(|issue| issue.issue.code.as_str()).collect();
            let rows: Vec<u32> = people.iter().map(|met| met.row).collect();
            assert_eq!(format!("{codes:?} {rows:?}"), wanted, "{name}");
        }
    }
}
