"""Numbers as this crate reads them, read again by PyPI's phonenumbers, which shares no code with it.

    python3 -m venv target/phonenumbers
    target/phonenumbers/bin/pip install phonenumbers==9.0.42
    cargo run -q --release --manifest-path crates/phone-automaton/bench/Cargo.toml --target-dir target/bench-phones \
        -- print 120000 | target/phonenumbers/bin/python crates/phone-automaton/tests/independent.py

The version is METADATA_VERSION in src/generated/mod.rs.
"""

import json
import re
import sys

import phonenumbers
from phonenumbers import NumberParseException as Failure
from phonenumbers import PhoneNumberFormat, ValidationResult

ERRORS = {
    Failure.INVALID_COUNTRY_CODE: "invalid_country_code",
    Failure.NOT_A_NUMBER: "not_a_number",
    Failure.TOO_SHORT_AFTER_IDD: "too_short_after_idd",
    Failure.TOO_SHORT_NSN: "too_short_nsn",
    Failure.TOO_LONG: "too_long",
}

# Where rlibphonenumber, whose reading of texts this crate follows, reads otherwise than libphonenumber itself.
KNOWN = {
    "a full-width tilde is no punctuation": re.compile("\uff5e"),
    "newer than Python's Unicode, or not assigned": re.compile("\u0378"),
    "a second number begins at the last slash with an x, not at the first": re.compile(r"[\\/] *x.*[\\/] *x", re.S),
    "and the number is in the line of that slash": re.compile(r"\n.*[\\/] *x"),
    "two digits with an extension are a number": re.compile(r"^\D*\d{2}\D+\d+#?\W*$"),
}


def says(text, home):
    try:
        number = phonenumbers.parse(text, home)
    except Failure as failure:
        return [ERRORS[failure.error_type]]
    if phonenumbers.is_valid_number(number):
        verdict = phonenumbers.region_code_for_number(number)
    else:
        verdict = {
            ValidationResult.TOO_SHORT: "too short",
            ValidationResult.TOO_LONG: "too long",
        }.get(phonenumbers.is_possible_number_with_reason(number), "not in use")
    extension = phonenumbers.normalize_digits_only(number.extension or "")
    return [phonenumbers.format_number(number, PhoneNumberFormat.E164), extension, verdict]


def main():
    count = known = wrong = 0
    for line in sys.stdin:
        text, home, ours = json.loads(line)
        count += 1
        theirs = says(text, home)
        if ours != theirs and any(reason.search(text) for reason in KNOWN.values()):
            known += 1
        elif ours != theirs:
            wrong += 1
            print(f"{text!r} in {home}: {ours}, phonenumbers says {theirs}")
    print(f"phonenumbers {phonenumbers.__version__}: {count} numbers, {wrong} differ, {known} for known reasons")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
