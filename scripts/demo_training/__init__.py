"""How the demo checkpoints are made: `scripts/train_demo_models.py` runs it."""
