//! libphonenumber's metadata, as rlibphonenumber ships it: a `PhoneMetadataCollection` in Protocol Buffers' wire format.
//!
//! Only the fields that parsing and validity depend on are read; the numbers are those of `phonemetadata.proto`.

use crate::Failure;

/// The numbering plan of a region, or of a non-geographic calling code (whose `id` is `001`).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Plan {
    /// ISO 3166 alpha-2, or `001`.
    pub id: String,
    /// The country calling code.
    pub calling_code: u16,
    /// What every national number looks like.
    pub general: Description,
    /// The kinds of numbers that make a number valid: all but the general one.
    pub kinds: Vec<Description>,
    /// What is dialled before numbers of other countries.
    pub international_prefix: Option<String>,
    /// What is dialled before national numbers.
    pub national_prefix: Option<String>,
    /// What becomes of a number from which the national prefix is taken.
    pub transform: Option<String>,
    /// Numbers of this region among those that share its calling code.
    pub leading_digits: Option<String>,
    /// Whether it is the first of those regions.
    pub main: bool,
    /// How numbers are written at home.
    pub formats: Vec<Format>,
}

/// Numbers of one kind.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Description {
    /// None: there are no such numbers.
    pub pattern: Option<String>,
    /// How many digits they have; -1 where there are none, empty where the general lengths hold.
    pub lengths: Vec<i64>,
    /// How many they have where the area code may be left out.
    pub local_lengths: Vec<i64>,
}

/// How some numbers of a plan are written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Format {
    /// The number in groups.
    pub pattern: String,
    /// The groups as written, `$1 $2`.
    pub format: String,
    /// Which numbers are written so, in growing detail.
    pub leading_digits: Vec<String>,
    /// What the first group becomes, `0$1`.
    pub prefix_rule: String,
}

/// Reads a collection.
///
/// # Errors
/// If the bytes are not such a collection.
pub fn read(bytes: &[u8]) -> Result<Vec<Plan>, Failure> {
    fields(bytes)?.into_iter().filter(|(number, _)| *number == 1).map(|(_, field)| plan(field.bytes()?)).collect()
}

fn plan(bytes: &[u8]) -> Result<Plan, Failure> {
    let mut plan = Plan::default();
    let (mut fixed, mut mobile, mut same) = (Description::default(), Description::default(), false);
    for (number, field) in fields(bytes)? {
        match number {
            1 => plan.general = description(field.bytes()?)?,
            2 => fixed = description(field.bytes()?)?,
            3 => mobile = description(field.bytes()?)?,
            // Toll-free, premium, shared cost, personal, VoIP, pager, UAN, voicemail.
            4..=8 | 21 | 25 | 28 => plan.kinds.push(description(field.bytes()?)?),
            9 => plan.id = field.text()?,
            10 => plan.calling_code = u16::try_from(field.number()?).map_err(|_| Failure::Metadata("calling code"))?,
            11 => plan.international_prefix = Some(field.text()?),
            15 => plan.national_prefix = Some(field.text()?),
            16 => plan.transform = Some(field.text()?).filter(|rule| !rule.is_empty()),
            18 => same = field.number()? != 0,
            19 => plan.formats.push(format(field.bytes()?)?),
            22 => plan.main = field.number()? != 0,
            23 => plan.leading_digits = Some(field.text()?),
            _ => {}
        }
    }
    plan.kinds.push(fixed);
    // Where both patterns are the same, libphonenumber does not look at the second.
    if !same {
        plan.kinds.push(mobile);
    }
    Ok(plan)
}

fn description(bytes: &[u8]) -> Result<Description, Failure> {
    let mut description = Description::default();
    for (number, field) in fields(bytes)? {
        match number {
            2 => description.pattern = Some(field.text()?),
            9 => description.lengths.push(field.number()?),
            10 => description.local_lengths.push(field.number()?),
            _ => {}
        }
    }
    Ok(description)
}

fn format(bytes: &[u8]) -> Result<Format, Failure> {
    let mut format = Format::default();
    for (number, field) in fields(bytes)? {
        match number {
            1 => format.pattern = field.text()?,
            2 => format.format = field.text()?,
            3 => format.leading_digits.push(field.text()?),
            4 => format.prefix_rule = field.text()?,
            _ => {}
        }
    }
    Ok(format)
}

/// A field's value.
#[derive(Debug, Clone, Copy)]
enum Field<'a> {
    Number(u64),
    Bytes(&'a [u8]),
}

impl<'a> Field<'a> {
    fn number(self) -> Result<i64, Failure> {
        match self {
            // Negative numbers are written as 64 bits of two's complement.
            Self::Number(number) => Ok(number.cast_signed()),
            Self::Bytes(_) => Err(Failure::Metadata("a number")),
        }
    }

    fn bytes(self) -> Result<&'a [u8], Failure> {
        match self {
            Self::Bytes(bytes) => Ok(bytes),
            Self::Number(_) => Err(Failure::Metadata("bytes")),
        }
    }

    fn text(self) -> Result<String, Failure> {
        String::from_utf8(self.bytes()?.to_vec()).map_err(|_| Failure::Metadata("a text"))
    }
}

fn fields(mut bytes: &[u8]) -> Result<Vec<(u64, Field<'_>)>, Failure> {
    let mut fields = Vec::new();
    while !bytes.is_empty() {
        let key = varint(&mut bytes)?;
        let field = match key & 7 {
            0 => Field::Number(varint(&mut bytes)?),
            2 => {
                let length = usize::try_from(varint(&mut bytes)?).map_err(|_| Failure::Metadata("a length"))?;
                let (value, rest) = bytes.split_at_checked(length).ok_or(Failure::Metadata("more bytes"))?;
                bytes = rest;
                Field::Bytes(value)
            }
            _ => return Err(Failure::Metadata("a known wire type")),
        };
        fields.push((key >> 3, field));
    }
    Ok(fields)
}

fn varint(bytes: &mut &[u8]) -> Result<u64, Failure> {
    let mut value = 0;
    for shift in (0..64).step_by(7) {
        let (byte, rest) = bytes.split_first().ok_or(Failure::Metadata("more bytes"))?;
        *bytes = rest;
        value |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Ok(value);
        }
    }
    Err(Failure::Metadata("a shorter number"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_read_from_the_wire() {
        // general { pattern "^(?:\d)$", lengths [2], [-1] }, id "AC", country code 247, main
        let mut general = vec![0x12, 8];
        general.extend(br"^(?:\d)$");
        general.extend([0x48, 2, 0x50, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1]);
        let mut plan = vec![0x0a, u8::try_from(general.len()).unwrap()];
        plan.extend(general);
        plan.extend([0x4a, 2, b'A', b'C', 0x50, 0xf7, 1, 0xb0, 1, 1]);
        let mut collection = vec![0x0a, u8::try_from(plan.len()).unwrap()];
        collection.extend(plan);
        let plans = read(&collection).unwrap();
        assert_eq!((plans.len(), plans[0].id.as_str(), plans[0].calling_code, plans[0].main), (1, "AC", 247, true));
        assert_eq!(plans[0].general.pattern.as_deref(), Some(r"^(?:\d)$"));
        assert_eq!((&plans[0].general.lengths[..], &plans[0].general.local_lengths[..]), (&[2][..], &[-1][..]));
        assert_eq!(read(&collection[..20]), Err(Failure::Metadata("more bytes")));
    }
}
