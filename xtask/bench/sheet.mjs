// The sheet that everybody reads: people of all countries, a few of them with what goes wrong in real sheets. The same
// bytes for the same number of rows.
import { parsePhoneNumberFromString } from "libphonenumber-js/max";
import examples from "libphonenumber-js/mobile/examples";

const FIRST = "Ana,Ben,Chloé,Dmitri,Élodie,Fatima,Giulia,Håkon,Ines,Jürgen,Kenji,Lucía,Mia,Noah,Olga,Paul,Quentin,Rosa,Søren,Tomás,Ursula,Vera,Wei,Ximena,Yuki,Zoë,José,李,Анна,Maria".split(",");
const LAST = "Diaz,Müller,Smith,Dubois,Ivanova,Rossi,Nakamura,Jensen,Kowalski,García,Öztürk,Silva,Nguyen,Kim,Andersson,Novák,Tanaka,Schmidt,Martin,Bernard,Ferrari,Lopez,王,Петров,Okafor,Singh,Cohen,Haddad,Brown,Taylor".split(",");
const DOMAINS = "example.com,example.org,mail.example.net,contoso.example,fabrikam.co.uk,adatum.de,northwind.fr,tailspin.io".split(",");
const ROLES = "Standard,Privileged,Organization User,Organization Admin,organization user,Organization User; Privileged".split(",");

/** Header included. */
export function sheet(rows) {
  const next = random(1);
  const numbers = numbersInUse(next);
  const parts = ["First name,Last name,Email,Phone,Role\r\n"];
  let batch = [];
  for (let row = 0; row < rows; row += 1) {
    let first = FIRST[next(FIRST.length)];
    let last = LAST[next(LAST.length)];
    let email = `${ascii(first)}.${ascii(last)}${row}@${DOMAINS[next(DOMAINS.length)]}`;
    let phone = numbers();
    let role = ROLES[next(ROLES.length)];
    // One row in twelve has something.
    switch (next(240)) {
      case 0: first = ""; break;
      case 1: last = `${last}2`; break;
      case 2: first = `${first} ${FIRST[next(FIRST.length)]}`; break;
      case 3: email = email.replace("@", ""); break;
      case 4: email = email.replace("@", "@@"); break;
      case 5: email = email.replace(/\.[a-z]+$/, ""); break;
      case 6: email = email.replace(".", ".."); break;
      case 7: email = `${"x".repeat(40)}.${email}`; break;
      case 8: email = `shared${next(Math.ceil(rows / 400))}@example.com`; break;
      case 9: phone = phone.slice(0, 7); break;
      case 10: phone = `${phone} 123 456`; break;
      case 11: phone = phone.replace("+", ""); break;
      case 12: phone = "n/a"; break;
      case 13: phone = ""; break;
      case 14: phone = `'${phone}`; break;
      case 15: role = "Janitor"; break;
      case 16: role = `"Standard, Privileged"`; break;
      case 17: first = ` ${first}`; break;
      case 18: last = `${last}\u00a0`; break;
      case 19: email = `  ${email} `; break;
      default:
    }
    batch.push(`${first},${last},${email},${phone},${role}\r\n`);
    if (batch.length === 10_000) {
      parts.push(batch.join(""));
      batch = [];
    }
  }
  parts.push(batch.join(""));
  return Buffer.concat(parts.map((part) => Buffer.from(part)));
}

/** Numbers of all countries in turn, each with four other digits at its end, as people write them for abroad. */
function numbersInUse(next) {
  const countries = Object.keys(examples);
  const patterns = countries.map((country) => parsePhoneNumberFromString(examples[country], country).formatInternational());
  let turn = 0;
  return () => {
    const example = patterns[turn % patterns.length];
    turn += 1;
    for (let attempt = 0; attempt < 20; attempt += 1) {
      let digits = 10_000 + next(10_000);
      let number = "";
      let left = 4;
      for (let at = example.length - 1; at >= 0; at -= 1) {
        const digit = left > 0 && example[at] !== " " && example[at] !== "-";
        number = (digit ? String(digits % 10) : example[at]) + number;
        if (digit) {
          digits = Math.floor(digits / 10);
          left -= 1;
        }
      }
      if (parsePhoneNumberFromString(number)?.isValid()) return number;
    }
    return example;
  };
}

function ascii(name) {
  const plain = name.normalize("NFD").replace(/[^a-zA-Z]/g, "").toLowerCase();
  return plain || "person";
}

/** Mulberry32: whole numbers below a bound. */
function random(seed) {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296) * below);
  };
}
