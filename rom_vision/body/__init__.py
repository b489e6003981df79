"""The body: leg model, joint angles and the estimator that links them to landmarks."""
