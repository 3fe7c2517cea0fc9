//! Profiles as JSON: read strictly, written canonically. What serde makes of the same types is the same, which the tests
//! hold; the browser does without it.

use super::{
    CharacterClass, Column, CredentialMode, Data, Invitation, InvitationPolicy, KindRules, Limits, List, ListName,
    MfaPolicy, Mode, Named, RoleRule, Rule, UsernameRule,
};
use crate::{
    Field,
    json::{
        self, Object,
        read::{Json, Members, Read, Why, expected},
    },
};

/// Names that stand for values, in the order of those.
macro_rules! names {
    ($($type:ident { $($variant:ident = $name:literal $(| $alias:literal)?),+ $(,)? })+) => { $(
        impl $type {
            pub(crate) const fn json_name(self) -> &'static str {
                match self { $(Self::$variant => $name,)+ }
            }
        }

        impl Read for $type {
            fn read(json: Json) -> Result<Self, Why> {
                match String::read(json)?.as_str() {
                    $($name $(| $alias)? => Ok(Self::$variant),)+
                    _ => expected("another name"),
                }
            }
        }
    )+ };
}

names! {
    Mode { Atomic = "atomic", Partial = "partial" }
    InvitationPolicy {
        Always = "always", OptIn = "opt_in", Never = "never", ByCredentialMode = "by_credential_mode",
    }
    MfaPolicy { Required = "required", AsOrganization = "as_organization" }
    CredentialMode {
        Link = "link",
        GenerateAndMail = "generate_and_mail" | "generate",
        SpecifyAndMail = "specify_and_mail",
        SpecifyOnly = "specify_only" | "specify",
    }
    ListName {
        Courses = "courses", Domains = "domains", Groups = "groups", Languages = "languages",
        Organizations = "organizations", Properties = "properties", Roles = "roles", Sites = "sites",
        UserTypes = "user_types",
    }
    CharacterClass {
        Letters = "letters", Digits = "digits", Spaces = "spaces", Hyphens = "hyphens", Apostrophes = "apostrophes",
        CurlyApostrophes = "curly_apostrophes", FullStops = "full_stops", MiddleDots = "middle_dots",
        Printable = "printable",
    }
}

impl Read for Field {
    fn read(json: Json) -> Result<Self, Why> {
        Self::parse(&String::read(json)?).map_or_else(|| expected("a field"), Ok)
    }
}

impl Read for Named {
    fn read(json: Json) -> Result<Self, Why> {
        let mut members = Members::of(json)?;
        let named = Self { id: members.read("id")?, name: members.read("name")? };
        members.finish().map(|()| named)
    }
}

impl Read for Invitation {
    fn read(json: Json) -> Result<Self, Why> {
        let mut members = Members::of(json)?;
        let invitation = Self { policy: members.read("policy")?, expires_after: members.read("expires_after_hours")? };
        members.finish().map(|()| invitation)
    }
}

impl Read for RoleRule {
    fn read(json: Json) -> Result<Self, Why> {
        let mut members = Members::of(json)?;
        let rule = Self {
            required_at_commit: members.read("required_at_commit")?,
            multiple: members.read("multiple")?,
            column: members.read("column")?,
        };
        members.finish().map(|()| rule)
    }
}

impl Read for UsernameRule {
    fn read(json: Json) -> Result<Self, Why> {
        let mut members = Members::of(json)?;
        let rule = Self {
            prefill: members.read("prefill")?,
            domain: members.read("domain")?,
            immutable: members.read("immutable")?,
        };
        members.finish().map(|()| rule)
    }
}

impl Read for KindRules {
    fn read(json: Json) -> Result<Self, Why> {
        let mut members = Members::of(json)?;
        let rules = Self {
            kind: members.read("kind")?,
            invitation: members.read("invitation")?,
            mfa: members.read("mfa")?,
            phone_at_acceptance: members.read("phone_at_acceptance")?,
            role: members.read("role")?,
            roles: members.read("roles")?,
        };
        members.finish().map(|()| rules)
    }
}

impl Read for List {
    fn read(json: Json) -> Result<Self, Why> {
        let mut members = Members::of(json)?;
        let list = Self {
            name: members.read("name")?,
            items: members.read("items")?,
            open: members.read("open")?,
            only: members.read_or_default("only")?,
        };
        members.finish().map(|()| list)
    }
}

impl Read for Rule {
    fn read(json: Json) -> Result<Self, Why> {
        let mut members = Members::of(json)?;
        let kind: String = members.read("type")?;
        let rule = match kind.as_str() {
            "text" => Self::Text {
                min: members.read("min")?,
                max: members.read("max")?,
                allow: members.read("allow")?,
                forbid: members.read_or_default("forbid")?,
            },
            "email" => Self::Email {
                max: members.read("max")?,
                unicode: members.read("unicode")?,
                edges: members.read("edges")?,
            },
            "phone" => Self::Phone {
                digits_and_blanks_only: members.read("digits_and_blanks_only")?,
                national: members.read("national")?,
            },
            "list" => Self::List {
                list: members.read("list")?,
                multiple: members.read("multiple")?,
                case_sensitive: members.read("case_sensitive")?,
            },
            "secret" => Self::Secret { min: members.read("min")?, max: members.read("max")? },
            _ => return expected("another type"),
        };
        members.finish().map(|()| rule)
    }
}

impl Read for Column {
    fn read(json: Json) -> Result<Self, Why> {
        let mut members = Members::of(json)?;
        let column = Self {
            field: members.read("field")?,
            title: members.read("title")?,
            titles: members.read_or_default("titles")?,
            required: members.read("required")?,
            rule: members.read("rule")?,
            default: members.read("default")?,
            default_first: members.read_or_default("default_first")?,
        };
        members.finish().map(|()| column)
    }
}

impl Read for Limits {
    fn read(json: Json) -> Result<Self, Why> {
        let mut members = Members::of(json)?;
        let limits = Self { rows: members.read("rows")?, bytes: members.read("bytes")? };
        members.finish().map(|()| limits)
    }
}

impl Data {
    /// Reads all members that are left.
    pub(super) fn read(mut members: Members) -> Result<Self, Why> {
        let data = Self {
            id: members.read("id")?,
            version: members.read("version")?,
            title: members.read("title")?,
            kind: members.read("kind")?,
            columns: members.read("columns")?,
            limits: members.read("limits")?,
            modes: members.read("modes")?,
            invitation: members.read("invitation")?,
            mfa: members.read("mfa")?,
            phone_at_acceptance: members.read("phone_at_acceptance")?,
            role: members.read("role")?,
            username: members.read("username")?,
            credentials: members.read("credentials")?,
            lists: members.read("lists")?,
            default_country: members.read("default_country")?,
            kinds: members.read("kinds")?,
        };
        members.finish().map(|()| data)
    }

    /// Canonical JSON, with the hash if there is one.
    pub(super) fn to_json(&self, hash: Option<&str>) -> String {
        let mut out = String::new();
        Object::write(&mut out, |object| {
            json::list(object.key("columns"), &self.columns, |out, column| column.write(out));
            json::list(object.key("credentials"), &self.credentials, |out, mode| json::string(out, mode.json_name()));
            object.string_or_null("default_country", self.default_country.as_deref());
            if let Some(hash) = hash {
                object.string("hash", hash);
            }
            object.string("id", &self.id);
            self.invitation.write(object.key("invitation"));
            object.string_or_null("kind", self.kind.as_deref());
            json::list(object.key("kinds"), &self.kinds, |out, rules| rules.write(out));
            Object::write(object.key("limits"), |limits| {
                limits.number("bytes", self.limits.bytes);
                limits.number("rows", self.limits.rows.into());
            });
            json::list(object.key("lists"), &self.lists, |out, list| list.write(out));
            object.string("mfa", self.mfa.json_name());
            json::list(object.key("modes"), &self.modes, |out, mode| json::string(out, mode.json_name()));
            object.bool("phone_at_acceptance", self.phone_at_acceptance);
            self.role.write(object.key("role"));
            object.string("title", &self.title);
            let username = object.key("username");
            match &self.username {
                Some(rule) => rule.write(username),
                None => username.push_str("null"),
            }
            object.number("version", self.version.into());
        });
        out
    }
}

fn texts(out: &mut String, texts: &[String]) {
    json::list(out, texts, |out, text| json::string(out, text));
}

fn named(out: &mut String, items: &[Named]) {
    json::list(out, items, |out, named| {
        Object::write(out, |object| {
            object.string("id", &named.id);
            object.string("name", &named.name);
        });
    });
}

fn size(object: &mut Object<'_>, key: &'static str, size: usize) {
    object.number(key, u64::try_from(size).unwrap_or(u64::MAX));
}

impl Invitation {
    fn write(&self, out: &mut String) {
        Object::write(out, |object| {
            object.number("expires_after_hours", self.expires_after.into());
            object.string("policy", self.policy.json_name());
        });
    }
}

impl RoleRule {
    fn write(&self, out: &mut String) {
        Object::write(out, |object| {
            object.string_or_null("column", self.column.map(Field::as_str));
            object.bool("multiple", self.multiple);
            object.bool("required_at_commit", self.required_at_commit);
        });
    }
}

impl UsernameRule {
    fn write(&self, out: &mut String) {
        Object::write(out, |object| {
            object.string_or_null("domain", self.domain.map(Field::as_str));
            object.bool("immutable", self.immutable);
            object.string_or_null("prefill", self.prefill.map(Field::as_str));
        });
    }
}

impl KindRules {
    fn write(&self, out: &mut String) {
        Object::write(out, |object| {
            self.invitation.write(object.key("invitation"));
            object.string("kind", &self.kind);
            object.string("mfa", self.mfa.json_name());
            object.bool("phone_at_acceptance", self.phone_at_acceptance);
            self.role.write(object.key("role"));
            named(object.key("roles"), &self.roles);
        });
    }
}

impl List {
    fn write(&self, out: &mut String) {
        Object::write(out, |object| {
            named(object.key("items"), &self.items);
            object.string("name", self.name.json_name());
            if !self.only.is_empty() {
                texts(object.key("only"), &self.only);
            }
            object.bool("open", self.open);
        });
    }
}

impl Column {
    fn write(&self, out: &mut String) {
        Object::write(out, |object| {
            object.string_or_null("default", self.default.as_deref());
            object.bool("default_first", self.default_first);
            object.string("field", self.field.as_str());
            object.bool("required", self.required);
            self.rule.write(object.key("rule"));
            object.string("title", &self.title);
            texts(object.key("titles"), &self.titles);
        });
    }
}

impl Rule {
    fn write(&self, out: &mut String) {
        Object::write(out, |object| match self {
            Self::Text { min, max, allow, forbid } => {
                json::list(object.key("allow"), allow, |out, class| json::string(out, class.json_name()));
                object.string("forbid", forbid);
                size(object, "max", *max);
                size(object, "min", *min);
                object.string("type", "text");
            }
            Self::Email { max, unicode, edges } => {
                object.string("edges", edges);
                size(object, "max", *max);
                object.string("type", "email");
                object.bool("unicode", *unicode);
            }
            Self::Phone { digits_and_blanks_only, national } => {
                object.bool("digits_and_blanks_only", *digits_and_blanks_only);
                object.bool("national", *national);
                object.string("type", "phone");
            }
            Self::List { list, multiple, case_sensitive } => {
                object.bool("case_sensitive", *case_sensitive);
                object.string("list", list.json_name());
                object.bool("multiple", *multiple);
                object.string("type", "list");
            }
            Self::Secret { min, max } => {
                size(object, "max", *max);
                size(object, "min", *min);
                object.string("type", "secret");
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value as Serde, json};

    use super::super::{BUILT_IN, Lists, Profile, ProfileError};
    use super::*;

    /// What serde reads and writes of the same types.
    fn by_serde(text: &str) -> Option<(Data, String)> {
        let mut json: Serde = serde_json::from_str(text).ok()?;
        json.as_object_mut()?.remove("hash");
        let data: Data = serde_json::from_value(json).ok()?;
        let written = json::canonical(&serde_json::to_value(&data).unwrap());
        Some((data, written))
    }

    fn by_hand(text: &str) -> Option<(Data, String)> {
        let mut members = Members::of(json::read::parse(text).ok()?).ok()?;
        members.take("hash");
        let data = Data::read(members).ok()?;
        let written = data.to_json(None);
        Some((data, written))
    }

    fn built_in() -> Vec<Serde> {
        let mut profiles: Vec<Serde> = BUILT_IN.iter().map(|(_, text)| serde_json::from_str(text).unwrap()).collect();
        let item = |id: &str| Named { id: id.into(), name: format!("\"{id}\"\n\u{e9}") };
        let lists = Lists {
            roles: vec![item("a"), item("b")],
            groups: vec![item("c")],
            sites: vec![item("d")],
            domains: vec![item("e.de")],
            properties: vec![item("f")],
            courses: vec![item("g")],
            default_country: Some("DE".into()),
            password_min: Some(20),
        };
        for id in Profile::built_in_ids() {
            let profile = Profile::built_in(id).unwrap().effective(&lists);
            profiles.push(serde_json::from_str(&profile.to_json()).unwrap());
        }
        profiles
    }

    /// Every place in a document, with what stands there.
    fn places(json: &Serde, path: &str, found: &mut Vec<String>) {
        found.push(path.to_owned());
        match json {
            Serde::Object(members) => {
                members.iter().for_each(|(name, json)| places(json, &format!("{path}/{name}"), found));
            }
            Serde::Array(items) => {
                (0..).zip(items).take(3).for_each(|(at, json)| places(json, &format!("{path}/{at}"), found));
            }
            _ => {}
        }
    }

    #[test]
    fn profiles_are_read_and_written_as_serde_does() {
        for profile in built_in() {
            let text = profile.to_string();
            assert!(by_serde(&text).is_some());
            assert_eq!(by_hand(&text), by_serde(&text));
        }
    }

    #[test]
    fn what_is_changed_anywhere_is_taken_or_refused_as_serde_does() {
        let others = [
            json!(null),
            json!(true),
            json!(0),
            json!(7),
            json!(-1),
            json!(1.5),
            json!(4_294_967_296_u64),
            json!(u64::MAX),
            json!(""),
            json!("text"),
            json!("generate"),
            json!("specify"),
            json!("role"),
            json!("opt_in"),
            json!("Atomic"),
            json!({}),
            json!({"id": "a", "name": "b"}),
            json!({"type": "secret", "min": 1, "max": 2}),
            json!({"type": "text", "min": 1, "max": 2, "allow": []}),
            json!({"type": "phone"}),
            json!({"min": 1, "max": 2}),
        ];
        let (mut taken, mut refused) = (0, 0);
        let mut check = |profile: &Serde, what: &str| {
            let text = profile.to_string();
            let by_serde = by_serde(&text);
            if by_serde.is_some() {
                taken += 1
            } else {
                refused += 1
            }
            assert_eq!(by_hand(&text), by_serde, "{what}: {text}");
        };
        for profile in built_in() {
            let mut paths = Vec::new();
            places(&profile, "", &mut paths);
            for path in &paths {
                for other in &others {
                    let mut changed = profile.clone();
                    *changed.pointer_mut(path).unwrap() = other.clone();
                    check(&changed, path);
                }
                let mut changed = profile.clone();
                if let Some(members) = changed.pointer_mut(path).unwrap().as_object_mut() {
                    members.insert("more".into(), json!(1));
                    check(&changed, path);
                }
                if let Some((before, name)) = path.rsplit_once('/') {
                    let mut changed = profile.clone();
                    match changed.pointer_mut(before).unwrap() {
                        Serde::Object(members) => drop(members.remove(name)),
                        Serde::Array(items) => drop(items.remove(name.parse().unwrap())),
                        _ => {}
                    }
                    check(&changed, path);
                }
            }
        }
        assert!(taken > 500 && refused > 5000, "{taken} {refused}");
    }

    #[test]
    fn members_that_come_twice_count_once() {
        let text = BUILT_IN[0].1.replacen('{', r#"{"id":"first","version":"x","#, 1);
        assert!(by_serde(&text).is_some());
        assert_eq!(by_hand(&text), by_serde(&text));
    }

    #[test]
    fn why_a_profile_is_not_read_is_said() {
        let why = |text: &str| match Profile::from_json(text) {
            Err(ProfileError::NotValid(why)) => why,
            other => panic!("{other:?}"),
        };
        assert_eq!(why("{\n x"), "no JSON at line 2 column 2");
        assert_eq!(why("[]"), "expected an object");
        assert_eq!(why("{}"), "id: missing");
        let named = BUILT_IN[0].1.replace("\"atomic\"", "\"never\"");
        assert_eq!(why(&named), "modes: expected another name");
        assert_eq!(why(&BUILT_IN[0].1.replacen('{', r#"{"more":1,"#, 1)), "more: unknown");
    }
}
