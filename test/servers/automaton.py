"""A chain of tokens that writes rollouts: thinking, valid calls of two tools with varying arguments, answers."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field

from tokenizers import Tokenizer

END_OF_TURN, CALL, CALL_END, THINKING_END = 151645, 151657, 151658, 151668
_THOUGHTS = "the image shows a small red sign near left corner so I should zoom in and look closer now"
_PRINTED = "alpha beta gamma delta omega sigma"
_ANSWERS = "yes no maybe"
# Which side of a box a digit belongs to is known by the digit itself; 2 is in the name of the argument.
_SIDES = ("13", "45", "67", "89")

Move = tuple[float, int]


@dataclass
class Automaton:
    """
    Classes of tokens; class 0 has all that are in no other. What follows depends on the class of the last token, and
    where that has no entry in `moves`, on that of the one before it as well.
    """

    classes: list[list[int]] = field(default_factory=lambda: [[]])
    moves: dict[int, list[Move]] = field(default_factory=dict)
    moves_after: dict[tuple[int, int], list[Move]] = field(default_factory=dict)

    def token_class(self, tokens: list[int]) -> int:
        """The class with exactly these tokens, a new one where there is none."""
        wanted = sorted(set(tokens))
        if wanted in self.classes:
            return self.classes.index(wanted)
        if any(set(wanted) & set(known) for known in self.classes):
            raise ValueError(f"some of the tokens {wanted} are in another class")
        self.classes.append(wanted)
        return len(self.classes) - 1

    def following(self, before: int, last: int) -> list[Move]:
        """What follows two classes."""
        return self.moves.get(last) or self.moves_after[before, last]

    def reachable(self) -> set[tuple[int, int]]:
        """Every two classes that may stand one after the other."""
        found: set[tuple[int, int]] = set()
        waiting = [(0, 0)]
        while waiting:
            pair = waiting.pop()
            if pair not in found:
                found.add(pair)
                waiting += [(pair[1], following) for _, following in self.following(*pair)]
        return found


def rollout_automaton(tokenizer: Tokenizer) -> Automaton:
    """Thinks, then answers or calls `image_zoom_in` or `python`. All calls are valid JSON, many boxes too."""
    automaton = Automaton()

    def first(words: str) -> int:
        return automaton.token_class([tokenizer.encode(" " + word).ids[0] for word in words.split()])

    def single(text: str) -> int:
        (token,) = tokenizer.encode(text).ids
        return automaton.token_class([int(token)])

    def way(*classes: int) -> None:
        """One certain way. Where two ways meet, the class before tells which one goes on."""
        for before, last, after in zip(classes, classes[1:], classes[2:], strict=False):
            automaton.moves_after[before, last] = [(1.0, after)]

    def text(*tokens: str) -> list[int]:
        return [single(token) for token in tokens]

    thought, answer, printed = first(_THOUGHTS), first(_ANSWERS), first(_PRINTED)
    closed, call, call_end, turn_end = (
        automaton.token_class([token]) for token in (THINKING_END, CALL, CALL_END, END_OF_TURN)
    )
    blank = single("\n\n")
    sides = [automaton.token_class([tokenizer.encode(digit).ids[0] for digit in digits]) for digits in _SIDES]
    name = text('{"', "name")
    # One tool with blanks, the other without: that tells the two apart.
    zoom = text(
        '":', ' "', "image", "_zoom", "_in", '",', ' "', "arguments", '":', ' {"', "bbox", "_", "2", "d", '":', " ["
    )
    code = text('":"', "python", '","', "arguments", '":{"', "code", '":"', "print", "('")
    comma, printed_end, call_ends = text(",", "')", '"}}')
    label = text('],"', "label", '":"', "mark")
    way(*name, *zoom, sides[0])
    way(*name, *code, printed)
    way(*label, call_ends)
    for side, following in itertools.pairwise(sides):
        way(side, comma, following)
        automaton.moves[side] = [(0.6, side), (0.4, comma)] if side == sides[2] else [(0.2, side), (0.8, comma)]

    automaton.moves |= {
        0: [(1.0, thought)],
        thought: [(0.9, thought), (0.1, closed)],
        closed: [(1.0, blank)],
        blank: [(0.6, call), (0.4, answer)],
        answer: [(1.0, turn_end)],
        turn_end: [(1.0, 0)],
        call: [(1.0, name[0])],
        name[0]: [(1.0, name[1])],
        name[1]: [(0.5, zoom[0]), (0.5, code[0])],
        sides[3]: [(0.6, sides[3]), (0.4, label[0])],
        label[0]: [(1.0, label[1])],
        printed: [(0.6, printed), (0.4, printed_end)],
        printed_end: [(1.0, call_ends)],
        call_ends: [(1.0, call_end)],
        call_end: [(1.0, turn_end)],
    }
    return automaton
