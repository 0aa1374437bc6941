from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "upheld.cases"

    def ready(self) -> None:
        from upheld.cases import told
        from upheld.cases.standing import why_not
        from upheld.policy import decisions

        decisions.guard_cases(why_not)
        told.begin()
