"""Where a finding begins, and why there."""

# Depth and time. At one learning rate for all, a layer whose gradient is a thousand times smaller than
# that of the last one stands still while the last one learns. Glorot and Bengio (2010) show the gradients
# of each layer; with initial values as theirs, they are of one order of magnitude.
VANISHING = 1e-3
# The same in the other direction. Through time, gradients grow as powers of the recurrent weights'
# singular values (Pascanu, Mikolov and Bengio, 2013).
EXPLODING = 1e3

# Saturation. More than half of a layer's outputs where the activation is flat: most units do not learn
# from most examples. With initial values as Glorot and Bengio's it is below a twentieth.
SATURATED = 0.5

# "As much as 40% of your network can be dead" at too high a learning rate (Karpathy, CS231n notes). Narrow
# networks reach half by chance (Lu et al., 2019), and may learn all the same; three quarters they do not.
DEAD, MOSTLY_DEAD = 0.5, 0.75

# Updates of a thousandth of the weights are usual (Karpathy, CS231n notes). With a hundred times as much,
# nothing is left of the weights after ten steps; with a hundredth, they need 10⁵ steps to change.
LARGE_UPDATE, SMALL_UPDATE = 1e-1, 1e-5
# A single step that is as large as all the weights can throw the initial values away. Some networks learn
# all the same; after a step of three times the weights, the initial values make up a tenth of the variance.
WHOLE, THROWN_AWAY = 1.0, 3.0

# Inputs are to have variances of about 1 (LeCun et al., 1998, "Efficient BackProp", 4.3). An order of
# magnitude more makes the loss steeper along their weights by two.
LARGE_INPUT = 10.0
# Two orders less, and the first layer learns from them 10⁴ times slower than from its biases.
SMALL_INPUT = 0.01

# Over-fitting. A validation loss varies from epoch to epoch; a quarter more than its lowest, in the median
# of the last quarter of the epochs, is no such noise. Fewer epochs show no course.
OVERFITTED, EPOCHS = 1.25, 8
