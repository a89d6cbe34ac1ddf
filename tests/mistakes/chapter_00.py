"""Typical wrong answers to the exercises of chapter 00, start here."""

MISTAKES = [
    ("treat", "3", "3 is one path"),
    ("treat", "1", "1 is one path"),
    ("treat", "5", "Count how often"),
    ("treat", "16", "16 is the bill itself"),
    ("treat", "20", "20 is the bill at price 5"),
    ("treat", "12", "12 is the value of `price * cups`"),
    ("treat", "8", "Not 8."),
    ("treat", "'4'", "without quotes"),
    ("treat", "torch.ones(2)", "A single number is asked for"),
    (
        "lamp",
        """
def lamp():
    hours = torch.tensor(5.0)
    bill = hours * 0.25
    bill.backward()
    return hours
lamp
""",
        "`bill` has no history",
    ),
    (
        "lamp",
        """
def lamp():
    hours = torch.tensor(5.0)
    bill = (hours * 0.25).requires_grad_()
    bill.backward()
    return hours
lamp
""",
        "`hours` is still not tracked",
    ),
    (
        "lamp",
        """
def lamp():
    hours = torch.tensor(5.0, requires_grad=True)
    bill = hours * 0.25
    return hours
lamp
""",
        "nobody called `backward()`",
    ),
    (
        "lamp",
        """
def lamp():
    hours = torch.tensor(5.0, requires_grad=True)
    bill = hours * 0.25
    bill.backward()
    return bill
lamp
""",
        "What you return was computed",
    ),
    (
        "lamp",
        """
def lamp():
    hours = torch.tensor(5.0, requires_grad=True)
    bill = hours * 0.25
    bill.backward()
lamp
""",
        "returns `None`",
    ),
    (
        "lamp",
        """
def lamp():
    hours = torch.tensor(5.0, requires_grad=True)
    (hours * 0.5).backward()
    return hours
lamp
""",
        "`hours.grad` is 0.5",
    ),
    (
        "lamp",
        """
def lamp():
    hours = torch.tensor(5, requires_grad=True)
    return hours
lamp
""",
        "Your code stopped with RuntimeError: Only Tensors of floating point",
    ),
    (
        "lamp",
        """
def lamp():
    hours = torch.tensor(5.0, requires_grad=True)
    bill = hours * 0.25
    bill.backward()
    return hours.grad
lamp
""",
        "Return `hours`, and its `.grad` comes with it",
    ),
    (
        "lamp",
        """
def lamp():
    hours = torch.tensor(5.0, requires_grad=True)
    bill = hours * 0.25
    return bill.backward()
lamp
""",
        "`backward()` gives nothing back",
    ),
    ("lamp", "0.25", "the function itself"),
    ("fence", "lambda width, height: width * height", "15 is the area"),
    ("fence", "lambda width, height: width + height", "8 is one width and one height"),
    ("fence", "lambda width, height: width * 2", "not 10"),
    ("fence", "lambda width, height: 2 * width.item() + 2 * height.item()", "no history"),
    (
        "fence",
        "lambda width, height: torch.tensor(2 * width.item() + 2 * height.item())",
        "has no history. Somewhere",
    ),
    ("fence", "lambda width, height: 2 * width + 6", "no path leads back to both"),
    ("fence", "lambda width, height: width * height + 1 + 0 * width", "the gradients are 3 and 5"),
    ("fence", "torch.ones(1)", "the function itself"),
    ("treat", "7", "Only the price moves here"),
    (
        "fence",
        """
def fence(width, height):
    length = (width + height) * 2
    length.backward()
    return length
fence
""",
        "Leave that to the check",
    ),
    (
        "lamp",
        """
def lamp():
    hours = torch.tensor(5.0, requires_grad=True)
    hours = hours * 0.25
    hours.backward()
    return hours
lamp
""",
        "What you return was computed",
    ),
]
