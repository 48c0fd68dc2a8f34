"""How alerts reach people: who is told, when, and when again."""
