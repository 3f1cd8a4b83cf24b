# SPDX-License-Identifier: GPL-2.0-only
"""Conditions over parameters, such as `loss < 0.5 and stack in ("mqtt", "coap")`, without eval."""

import ast
import operator

from .project import UserError

_COMPARE = {
    ast.Eq: operator.eq, ast.NotEq: operator.ne, ast.Lt: operator.lt, ast.LtE: operator.le,
    ast.Gt: operator.gt, ast.GtE: operator.ge,
    ast.In: lambda a, b: a in b, ast.NotIn: lambda a, b: a not in b,
}
_BINARY = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul,
    ast.Div: operator.truediv, ast.Mod: operator.mod,
}


class Condition:
    """A condition, parsed once and evaluated over many sets of values."""

    def __init__(self, text):
        self.text = text
        if not isinstance(text, str):
            raise UserError(f"condition {text!r}: expected a text such as 'loss < 0.5'")
        try:
            self._tree = ast.parse(text.strip(), mode="eval").body
        except (SyntaxError, ValueError):
            raise UserError(f"condition '{text}': expected an expression such as loss < 0.5") from None

    def names(self):
        return {node.id for node in ast.walk(self._tree) if isinstance(node, ast.Name)} - {"true", "false"}

    def check_names(self, known):
        for name in sorted(self.names()):
            if name not in known:
                raise UserError(
                    f"condition '{self.text}': unknown name {name} (expected one of {', '.join(sorted(known))})")

    def holds(self, values):
        """A parameter that a combination leaves out counts as None."""
        try:
            return bool(self._evaluate(self._tree, values))
        except TypeError as error:
            raise UserError(f"condition '{self.text}': {error} for {values}") from None
        except ZeroDivisionError:
            raise UserError(f"condition '{self.text}': division by zero for {values}") from None

    def _evaluate(self, node, values):
        if isinstance(node, ast.BoolOp):
            results = (self._evaluate(part, values) for part in node.values)
            return all(results) if isinstance(node.op, ast.And) else any(results)
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.Not, ast.USub)):
            operand = self._evaluate(node.operand, values)
            return not operand if isinstance(node.op, ast.Not) else -operand
        if isinstance(node, ast.Compare):
            left = self._evaluate(node.left, values)
            for op, right_node in zip(node.ops, node.comparators):
                right = self._evaluate(right_node, values)
                if type(op) not in _COMPARE:
                    break
                if not _COMPARE[type(op)](left, right):
                    return False
                left = right
            else:
                return True
        elif isinstance(node, ast.BinOp) and type(node.op) in _BINARY:
            return _BINARY[type(node.op)](self._evaluate(node.left, values), self._evaluate(node.right, values))
        elif isinstance(node, ast.Name):
            return {"true": True, "false": False}.get(node.id, values.get(node.id))
        elif isinstance(node, ast.Constant):
            return node.value
        elif isinstance(node, (ast.Tuple, ast.List)):
            return [self._evaluate(item, values) for item in node.elts]
        raise UserError(
            f"condition '{self.text}': expected only parameters, numbers, texts, comparisons, and, or, not, in")
