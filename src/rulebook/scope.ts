import type { Met } from '../domain/catalogue.ts';
import type { Facts } from '../domain/facts.ts';
import type { Question } from '../domain/matching.ts';
import type { What, Who } from '../domain/rule.ts';

/** Whether the caller is among `who`; unknown where the fact to tell by is missing. All parts must hold. */
export function whoCovers(who: readonly Who[], facts: Facts): Met {
  return allOf(who.map((part) => partCovers(part, facts)));
}

function partCovers(part: Who, facts: Facts): Met {
  if (part.kind === 'anyone') return 'met';
  if (part.kind === 'role') {
    const roles = facts['caller.roles'];
    return roles === undefined ? 'unknown' : roles.includes(part.role) ? 'met' : 'unmet';
  }
  const partner = facts['caller.partner'];
  return partner === undefined ? 'unknown' : partner === part.partner ? 'met' : 'unmet';
}

/** Whether the row speaks of what is asked. A row for a field speaks of records only. */
export function whatConcerns(what: What, question: Omit<Question, 'facts'>): boolean {
  if (what.dataset !== null && what.dataset !== question.dataset) return false;
  if (what.field !== undefined) return question.output === 'records';
  return what.level === undefined || what.level === question.output;
}

/** Conjunction in three values (Kleene): one unmet decides; else one unknown makes the whole unknown. */
export function allOf(parts: readonly Met[]): Met {
  if (parts.includes('unmet')) return 'unmet';
  return parts.includes('unknown') ? 'unknown' : 'met';
}

/** Negation in three values: what is not known is not known either way. */
export function negate(met: Met): Met {
  if (met === 'unknown') return 'unknown';
  return met === 'met' ? 'unmet' : 'met';
}
