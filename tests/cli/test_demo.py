"""``seqaug demo``."""


def test_three_acts_then_the_time_and_the_page(run, tmp_path):
    result = run("demo", "--families", 12, "--epochs", 1, "--out", tmp_path / "demo")
    assert result.exit_code == 0, result.output
    lines = [line for line in result.stdout.splitlines() if line.strip()]
    assert [line[:5] for line in lines] == ["Act 1", "Act 2", "Act 3", "This "]
    assert lines[-1].startswith("This took ")
    assert lines[-1].endswith(f"Report: {tmp_path / 'demo' / 'report.html'}")
    assert (tmp_path / "demo" / "report.html").exists()


def test_a_folder_that_is_no_report_is_refused_before_anything_is_fitted(run, tmp_path):
    (tmp_path / "mine").write_text("text")
    result = run("demo", "--out", tmp_path / "mine")
    assert result.exit_code == 2
    assert "Act 1" not in result.output
